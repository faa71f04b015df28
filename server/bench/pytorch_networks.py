"""SinGAN's networks and losses in PyTorch, for the programs that time the same mathematics there.

Rott Shaham, Dekel, Michaeli, "SinGAN" (ICCV 2019), section 2 and supplementary A. Pictures are [1, 3, H, W].
"""
import time

import torch
from torch import nn

LAYERS = 5
MARGIN = LAYERS


def use(device):
    """Where to run; on a GPU cuDNN may try its algorithms out, as is usual for training at a fixed size.

    The rest is as PyTorch has it by default: eager, and TF32 for convolutions on cards that have it.
    """
    torch.manual_seed(1)
    torch.backends.cudnn.benchmark = True
    return torch.device(device)


def network(outputs, width, normalized):
    """Five 3x3 convolutions without padding, LeakyReLU(0.2) after the first four, batch norm before it if wanted.

    [1, 3, H, W] -> [1, outputs, H - 10, W - 10]
    """
    sizes = [3] + [width] * (LAYERS - 1) + [outputs]
    layers = []
    for index in range(LAYERS):
        layers.append(nn.Conv2d(sizes[index], sizes[index + 1], 3))
        if index < LAYERS - 1:
            if normalized:
                layers.append(nn.BatchNorm2d(width))
            layers.append(nn.LeakyReLU(0.2, inplace=True))
    return nn.Sequential(*layers)


def start_as_published(layers):
    """Filters normal(0, 0.02), norm scales normal(1, 0.02)."""
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            layer.weight.data.normal_(0, 0.02)
        elif isinstance(layer, nn.BatchNorm2d):
            layer.weight.data.normal_(1, 0.02)
            layer.bias.data.zero_()


def adam(layers):
    return torch.optim.Adam(layers.parameters(), lr=5e-4, betas=(0.5, 0.999))


def generate(G, start, coarser):
    """tanh(G(start, padded once with zeros)) + coarser (equation 3); coarser is 0 at the coarsest scale."""
    return torch.tanh(G(nn.functional.pad(start, [MARGIN] * 4))) + coarser


def discriminator_step(D, optimizer, real, fake):
    """One step on mean D(fake) - mean D(real) + 0.1 * mean((|gradient| - 1)^2), the norm over channels per pixel."""
    optimizer.zero_grad()
    epsilon = torch.rand(1, device=real.device)
    mixed = (epsilon * real + (1 - epsilon) * fake).requires_grad_(True)
    gradient = torch.autograd.grad(D(mixed).sum(), mixed, create_graph=True)[0]
    penalty = ((gradient.norm(2, dim=1) - 1) ** 2).mean()
    critic = D(fake).mean() - D(real).mean()
    (critic + 0.1 * penalty).backward()
    optimizer.step()
    return critic.detach(), penalty.detach()


def generator_step(G, D, optimizer, real, fake, reconstruction):
    """One step on -mean D(fake) + 10 * MSE(reconstruction, real); both pictures carry G's graph."""
    optimizer.zero_grad()
    # Of D's weights no gradient is wanted.
    D.requires_grad_(False)
    adversarial = -D(fake).mean()
    error = nn.functional.mse_loss(reconstruction, real)
    (adversarial + 10 * error).backward()
    optimizer.step()
    D.requires_grad_(True)
    return adversarial.detach(), error.detach()


def milliseconds(device, runs, run):
    """Times `runs` calls of `run`; what a GPU has been handed is waited for before and after each."""
    wait = torch.cuda.synchronize if device.type == "cuda" else lambda: None
    times = []
    for _ in range(runs):
        wait()
        start = time.perf_counter()
        run()
        wait()
        times.append((time.perf_counter() - start) * 1000)
    return times
