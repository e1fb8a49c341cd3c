"""Draw the certificate's border and seal as SVG files. Standard library only; run again to change them."""

from collections.abc import Iterable
from math import cos, pi, sin
from pathlib import Path

GREEN = "#1b4d3e"
HERE = Path(__file__).parent
# US Letter, landscape, in CSS pixels; the margin around the border, and its breadth.
WIDTH, HEIGHT, MARGIN, BREADTH = 1056, 816, 40, 26
# The six books of the seal: where each stands, and how high it is.
BOOKS = ((67.5, 44), (78.5, 49), (89.5, 41), (100.5, 49), (111.5, 46), (122.5, 43))

Point = tuple[float, float]


def path(points: Iterable[Point], *, closed: bool = True) -> str:
    """Write points as the data of an SVG path."""
    head, *rest = [f"{x:.1f} {y:.1f}" for x, y in points]
    return "M" + head + "L" + " ".join(rest) + ("z" if closed else "")


def rosette(cx: float, cy: float, radius: float, *, lobes: int, depth: float, steps: int = 160) -> str:
    """Draw a flower around a point."""
    angles = [2 * pi * i / steps for i in range(steps + 1)]
    radii = [radius * (1 - depth + depth * cos(lobes * angle)) for angle in angles]
    return path((cx + r * cos(angle), cy + r * sin(angle)) for angle, r in zip(angles, radii, strict=True))


def band(start: Point, end: Point, *, width: float, waves: int, lines: int = 6) -> str:
    """Draw interlaced waves along one side, from corner square to corner square."""
    (x0, y0), (x1, y1) = start, end
    horizontal = y0 == y1
    length = (x1 - x0) if horizontal else (y1 - y0)
    steps = int(length / 2.4)
    out = []
    for line in range(lines):
        phase = 2 * pi * line / lines
        points = []
        for i in range(steps + 1):
            t = i / steps
            off = width / 2 * sin(2 * pi * waves * t + phase) * (0.72 + 0.28 * cos(4 * pi * waves * t + phase))
            points.append((x0 + length * t, y0 + off) if horizontal else (x0 + off, y0 + length * t))
        out.append(path(points, closed=False))
    return "".join(out)


def border() -> str:
    """Draw the border: four bands, four corner flowers, and their frames."""
    inner, half = MARGIN + BREADTH, MARGIN + BREADTH / 2
    across = [band((inner, y), (WIDTH - inner, y), width=BREADTH - 5, waves=34) for y in (half, HEIGHT - half)]
    down = [band((x, inner), (x, HEIGHT - inner), width=BREADTH - 5, waves=25) for x in (half, WIDTH - half)]
    flowers = ((11.5, 8, 0.3), (11.5, 8, 0.12), (7, 8, 0.45), (4, 6, 0.4))
    corners = "".join(
        rosette(x, y, radius, lobes=lobes, depth=depth)
        for x in (half, WIDTH - half)
        for y in (half, HEIGHT - half)
        for radius, lobes, depth in flowers
    )
    frames = "".join(
        f'<rect x="{o}" y="{o}" width="{WIDTH - 2 * o}" height="{HEIGHT - 2 * o}" stroke-width="{s}"/>'
        for o, s in ((MARGIN - 5, 2.2), (MARGIN, 0.6), (inner, 0.6), (inner + 4, 1.4))
    )
    squares = "".join(
        f'<rect x="{x}" y="{y}" width="{BREADTH}" height="{BREADTH}" stroke-width="0.6"/>'
        for x in (MARGIN, WIDTH - inner)
        for y in (MARGIN, HEIGHT - inner)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<g fill="none" stroke="{GREEN}">{frames}{squares}<path stroke-width="0.45" d="{"".join(across + down)}"/>'
        f'<path stroke-width="0.45" d="{corners}"/></g></svg>'
    )


def lace(center: float, radius: float, *, depth: float, lobes: int, lines: int) -> str:
    """Draw interlaced waves around a circle."""
    steps = lobes * 14
    out = ""
    for line in range(lines):
        points = []
        for i in range(steps):
            angle = 2 * pi * i / steps
            r = radius + depth * sin(lobes * angle + 2 * pi * line / lines)
            points.append((center + r * cos(angle), center + r * sin(angle)))
        out += path(points)
    return out


def seal() -> str:
    """Draw the seal: six books on a shelf, within lace."""
    outer, inner = lace(100, 82, depth=11, lobes=30, lines=6), lace(100, 61, depth=6, lobes=44, lines=3)
    spines = "".join(f'<rect x="{x}" y="{126 - h}" width="9.500" height="{h}" fill="{GREEN}"/>' for x, h in BOOKS)
    bands = "".join(
        f'<path d="M{x} {126 - h + 6}h9.500M{x} {126 - h + 9}h9.500M{x} 118h9.500" stroke="#fff" stroke-width="1"/>' for x, h in BOOKS
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" width="200" height="200">'
        f'<g fill="none" stroke="{GREEN}"><path stroke-width="0.5" d="{outer}"/><path stroke-width="0.5" d="{inner}"/>'
        f'<circle cx="100" cy="100" r="97" stroke-width="1.400"/><circle cx="100" cy="100" r="52" stroke-width="1.400"/>'
        f'<circle cx="100" cy="100" r="49" stroke-width="0.5"/></g>{spines}{bands}'
        f'<path d="M63 127.500h74" stroke="{GREEN}" stroke-width="3"/></svg>'
    )


if __name__ == "__main__":
    (HERE / "border.svg").write_text(border())
    (HERE / "seal.svg").write_text(seal())
