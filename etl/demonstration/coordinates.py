"""Points inside a region in UTM (WGS84), as the cadastre writes them. Peru lies in zones 17, 18 and 19 of the south."""

from __future__ import annotations

import numpy as np

#: west, south, east, north of each region in degrees, read from the outlines that the maps draw
BOXES: dict[str, tuple[float, float, float, float]] = {
    "01": (-78.77, -7.01, -77.17, -2.97), "02": (-78.66, -10.75, -76.74, -8.01), "03": (-73.85, -14.82, -72.08, -13.21),
    "04": (-75.08, -17.32, -70.84, -14.66), "05": (-75.13, -15.61, -72.84, -12.15), "06": (-79.46, -7.77, -77.75, -4.58),
    "07": (-77.25, -12.12, -77.11, -12.00), "08": (-73.96, -15.33, -70.36, -11.20), "09": (-75.80, -14.14, -74.28, -11.98),
    "10": (-77.32, -10.44, -74.52, -8.38), "11": (-76.39, -15.44, -74.69, -12.98), "12": (-76.49, -12.69, -73.44, -10.68),
    "13": (-79.70, -8.96, -76.86, -6.96), "14": (-80.63, -7.16, -79.17, -5.55), "15": (-77.89, -13.32, -75.47, -10.29),
    "16": (-77.81, -8.64, -69.96, -0.03), "17": (-72.38, -13.34, -68.68, -9.96), "18": (-71.49, -17.79, -70.03, -15.99),
    "19": (-76.75, -11.10, -74.17, -9.65), "20": (-81.34, -6.48, -79.23, -4.07), "21": (-71.12, -17.29, -68.84, -13.02),
    "22": (-77.78, -8.73, -75.47, -5.38), "23": (-71.18, -18.34, -69.51, -16.82), "24": (-81.06, -4.21, -80.17, -3.39),
    "25": (-75.97, -11.42, -70.53, -7.33), "26": (-77.20, -12.51, -76.64, -11.55),
}  # fmt: skip

# WGS84 and the transverse Mercator of UTM (Snyder 1987, p. 61): good to a metre inside a zone.
_RADIUS, _SQUARED, _SCALE = 6_378_137.0, 0.006694379990141316, 0.9996
_FALSE_EAST, _FALSE_NORTH = 500_000.0, 10_000_000.0


def some_points(region: str, count: int, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Zone, easting and northing of points near the middle of the region, in whole metres."""
    west, south, east, north = BOXES[region]
    x, y = (np.clip(draw.normal(0.5, 0.14, count), 0.1, 0.9) for _ in range(2))
    return utm(west + x * (east - west), south + y * (north - south))


def utm(longitude: np.ndarray, latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Zone, easting and northing of points of the southern hemisphere."""
    zone = np.floor((longitude + 180) / 6).astype(np.int64) + 1
    phi, away = np.radians(latitude), np.radians(longitude - (zone * 6 - 183))
    second = _SQUARED / (1 - _SQUARED)
    n = _RADIUS / np.sqrt(1 - _SQUARED * np.sin(phi) ** 2)
    t, c, a = np.tan(phi) ** 2, second * np.cos(phi) ** 2, away * np.cos(phi)
    east = a + (1 - t + c) * a**3 / 6 + (5 - 18 * t + t**2 + 72 * c - 58 * second) * a**5 / 120
    north = a**2 / 2 + (5 - t + 9 * c + 4 * c**2) * a**4 / 24 + (61 - 58 * t + t**2 + 600 * c - 330 * second) * a**6 / 720
    return (
        zone,
        np.round(_SCALE * n * east + _FALSE_EAST),
        np.round(_SCALE * (_arc(phi) + n * np.tan(phi) * north) + _FALSE_NORTH),
    )


def _arc(phi: np.ndarray) -> np.ndarray:
    """Metres along the meridian from the equator."""
    e2, e4, e6 = _SQUARED, _SQUARED**2, _SQUARED**3
    length: np.ndarray = _RADIUS * (
        (1 - e2 / 4 - 3 * e4 / 64 - 5 * e6 / 256) * phi
        - (3 * e2 / 8 + 3 * e4 / 32 + 45 * e6 / 1024) * np.sin(2 * phi)
        + (15 * e4 / 256 + 45 * e6 / 1024) * np.sin(4 * phi)
        - (35 * e6 / 3072) * np.sin(6 * phi)
    )
    return length
