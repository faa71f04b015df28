"""SinGAN's published training loop in PyTorch, timed scale by scale: the yardstick of `npm run bench`'s trainings.

Usage: python3 pytorch-training.py DEVICE SCALES
SCALES is JSON: [{"height": 25, "width": 34, "channels": 32}, ...], coarsest first; DEVICE is cpu or cuda. Reads
"SCALE ITERATIONS" a line from standard input and answers each with one JSON line:
{"milliseconds": [...], "losses": {...}}, a time for every iteration and the last one's losses.

Written from the paper (Rott Shaham, Dekel, Michaeli, ICCV 2019). An iteration is three D steps and then three G
steps with batch norm. Each D step draws a new sample of the coarser scales, through all their generators, whose
norms then use their running statistics; the noise is drawn once an iteration. As in the training that it is held
against, every G step takes the fake of G's current weights, and pictures are resized bilinearly. What an
iteration does not need is left out: a fake for D carries no graph, and losses are read once an iteration.
The picture is made here: what it shows does not change the time.
"""
import json
import sys

import torch
from torch import nn

import pytorch_networks as singan

STEPS = 3

device = singan.use(sys.argv[1])
layout = json.loads(sys.argv[2])


def resize(picture, size):
    return nn.functional.interpolate(picture, size=size, mode="bilinear", align_corners=False)


def scene(height, width):
    """Hills under a sky, from -1 to 1: [1, 3, height, width]"""
    y = torch.linspace(0, 1, height).view(-1, 1)
    x = torch.linspace(0, 1, width).view(1, -1)
    hill = torch.sigmoid(40 * (y - 0.5 - 0.1 * torch.sin(9 * x)))
    texture = 0.3 * torch.sin(60 * x + 20 * y) * torch.sin(70 * y)
    return torch.stack([hill * (tone + texture) - 0.5 * (1 - hill) for tone in (0.1, 0.3, -0.4)]).unsqueeze(0)


PHOTO = scene(layout[-1]["height"], layout[-1]["width"]).to(device)


class Scale:
    """A scale's networks and what is constant while it is trained. `coarser` are the finished ones below it."""

    def __init__(self, height, width, channels, coarser):
        self.size = (height, width)
        self.channels = channels
        self.coarser = coarser
        self.real = resize(PHOTO, self.size)
        self.G = singan.network(3, channels, normalized=True).to(device)
        self.D = singan.network(1, channels, normalized=True).to(device)
        below = coarser[-1] if coarser else None
        for name in ("G", "D"):
            if below and below.channels == channels:
                getattr(self, name).load_state_dict(getattr(below, name).state_dict())
            else:
                singan.start_as_published(getattr(self, name))
        self.G.train()
        self.G_optimizer, self.D_optimizer = singan.adam(self.G), singan.adam(self.D)
        # The picture comes back from one fixed noise at the coarsest scale and from none above it.
        if below:
            self.still = self.still_base = resize(below.reconstruction(), self.size)
            self.amplitude = 0.1 * torch.sqrt(nn.functional.mse_loss(self.real, self.still)).item()
        else:
            self.still, self.still_base = self.noise(), 0
            self.amplitude = 1

    def noise(self):
        """At the coarsest scale one channel, repeated to three: [1, 3, H, W]"""
        if self.coarser:
            return torch.randn(1, 3, *self.size, device=device)
        return torch.randn(1, 1, *self.size, device=device).expand(1, 3, *self.size)

    def finish(self):
        self.G.eval()
        self.G.requires_grad_(False)

    @torch.no_grad()
    def reconstruction(self):
        return singan.generate(self.G, self.still, self.still_base)

    @torch.no_grad()
    def draw_coarser(self):
        """A new sample of all coarser scales, resized to this one; 0 at the coarsest."""
        picture = 0
        for scale in self.coarser:
            picture = resize(singan.generate(scale.G, scale.amplitude * scale.noise() + picture, picture), scale.next_size)
        return picture

    def iterate(self):
        noise = self.amplitude * self.noise()
        for _ in range(STEPS):
            coarser = self.draw_coarser()
            with torch.no_grad():
                fake = singan.generate(self.G, noise + coarser, coarser)
            critic, penalty = singan.discriminator_step(self.D, self.D_optimizer, self.real, fake)
        for _ in range(STEPS):
            fake = singan.generate(self.G, noise + coarser, coarser)
            reconstruction = singan.generate(self.G, self.still, self.still_base)
            adversarial, error = singan.generator_step(
                self.G, self.D, self.G_optimizer, self.real, fake, reconstruction
            )
        names = ["discriminator", "gradientPenalty", "generator", "reconstruction"]
        self.losses = dict(zip(names, torch.stack([critic, penalty, adversarial, error]).tolist()))


scales = []
for line in sys.stdin:
    index, iterations = (int(word) for word in line.split())
    while len(scales) <= index:
        if scales:
            scales[-1].finish()
            scales[-1].next_size = (layout[len(scales)]["height"], layout[len(scales)]["width"])
        scales.append(Scale(**layout[len(scales)], coarser=list(scales)))
    scale = scales[index]
    # In a later round a scale goes on as it was when it was trained.
    scale.G.train()
    scale.G.requires_grad_(True)
    times = singan.milliseconds(device, iterations, scale.iterate)
    if index < len(scales) - 1:
        scale.finish()
    print(json.dumps({"milliseconds": times, "losses": scale.losses}), flush=True)
