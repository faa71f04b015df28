"""One D and one G step of the published SinGAN losses in PyTorch, timed: the yardstick of `npm run bench`.

Usage: python3 pytorch-step.py DEVICE CHANNELS HEIGHT WIDTH
Reads a number of runs a line from standard input, so that the benchmark can alternate with it, and answers each
with one JSON line: {"milliseconds": [...], "losses": {...}}, a time for every run and the last run's losses.
DEVICE is cpu or cuda. Networks as in the `fast` recipe without row channels: no norm; gradient penalty 0.1,
reconstruction weight 10, Adam(0.5, 0.999) at 5e-4. D and G share the step's fake, as they do in the measured step.
"""
import json
import sys

import torch

import pytorch_networks as singan

device = singan.use(sys.argv[1])
channels, height, width = (int(argument) for argument in sys.argv[2:5])

G = singan.network(3, channels, normalized=False).to(device)
D = singan.network(1, channels, normalized=False).to(device)
G_optimizer, D_optimizer = singan.adam(G), singan.adam(D)
real, coarser, still = (torch.randn(1, 3, height, width, device=device) * 0.3 for _ in range(3))
losses = {}


def step():
    noise = torch.randn(1, 3, height, width, device=device)
    fake = singan.generate(G, coarser + 0.1 * noise, coarser)
    critic, penalty = singan.discriminator_step(D, D_optimizer, real, fake.detach())
    reconstruction = singan.generate(G, still, still)
    adversarial, error = singan.generator_step(G, D, G_optimizer, real, fake, reconstruction)
    # They are read after every step here, as they are there.
    names = ["discriminator", "gradientPenalty", "generator", "reconstruction"]
    losses.update(zip(names, torch.stack([critic, penalty, adversarial, error]).tolist()))


for line in sys.stdin:
    times = singan.milliseconds(device, int(line), step)
    print(json.dumps({"milliseconds": times, "losses": losses}), flush=True)
