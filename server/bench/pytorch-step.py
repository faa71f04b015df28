"""One D and G step of the published SinGAN losses, written in PyTorch, timed: the yardstick of `npm run bench`.

Usage: python3 pytorch-step.py CHANNELS HEIGHT WIDTH RUNS
Prints one JSON line per run request read from standard input ("run N\n"): {"milliseconds": [...]}, so that the
benchmark can alternate with it. Networks as in the `fast` recipe without row channels: five valid 3x3
convolutions, LeakyReLU 0.2, no norm; gradient penalty 0.1; reconstruction weight 10; Adam(0.5, 0.999).
"""
import json
import sys
import time

import torch
from torch import nn

channels, height, width = (int(argument) for argument in sys.argv[1:4])
torch.manual_seed(1)
if len(sys.argv) > 4:
    torch.set_num_threads(int(sys.argv[4]))


def network(outputs):
    sizes = [3, channels, channels, channels, channels, outputs]
    layers = []
    for index in range(5):
        layers.append(nn.Conv2d(sizes[index], sizes[index + 1], 3))
        if index < 4:
            layers.append(nn.LeakyReLU(0.2, inplace=True))
    return nn.Sequential(*layers)


G, D = network(3), network(1)
g_optimizer = torch.optim.Adam(G.parameters(), lr=5e-4, betas=(0.5, 0.999))
d_optimizer = torch.optim.Adam(D.parameters(), lr=5e-4, betas=(0.5, 0.999))
real = torch.randn(1, 3, height, width) * 0.3
prev = torch.randn(1, 3, height, width) * 0.3
prev_reconstruction = torch.randn(1, 3, height, width) * 0.3
pad = nn.ZeroPad2d(5)


def step():
    z = torch.randn(1, 3, height, width)
    fake = torch.tanh(G(pad(prev + 0.1 * z))) + prev
    d_optimizer.zero_grad()
    frozen = fake.detach()
    epsilon = torch.rand(1)
    mixed = (epsilon * real + (1 - epsilon) * frozen).requires_grad_(True)
    gradient = torch.autograd.grad(D(mixed).sum(), mixed, create_graph=True)[0]
    penalty = ((gradient.norm(2, dim=1) - 1) ** 2).mean() * 0.1
    d_loss = D(frozen).mean() - D(real).mean() + penalty
    d_loss.backward()
    d_optimizer.step()
    g_optimizer.zero_grad()
    for parameter in D.parameters():
        parameter.requires_grad_(False)
    reconstruction = torch.tanh(G(pad(prev_reconstruction))) + prev_reconstruction
    g_loss = -D(fake).mean() + 10 * nn.functional.mse_loss(reconstruction, real)
    g_loss.backward()
    g_optimizer.step()
    for parameter in D.parameters():
        parameter.requires_grad_(True)
    return float(d_loss.detach()), float(g_loss.detach())


for line in sys.stdin:
    times = []
    for _ in range(int(line)):
        start = time.perf_counter()
        step()
        times.append((time.perf_counter() - start) * 1000)
    print(json.dumps({"milliseconds": times}), flush=True)
