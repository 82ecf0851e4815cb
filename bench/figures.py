"""Tables in markdown and plots in SVG from the runs of suite.py."""
import html
import statistics


def write(out, workloads, runs):
    parts = []
    for workload in workloads:
        values = gather(workload, runs)
        if not values:
            continue
        if "axis" in workload:
            parts += curve_table(workload, values)
            (out / f"{workload['name']}.svg").write_text(curve_plot(workload, values))
        else:
            parts += table(workload, values)
            (out / f"{workload['name']}.svg").write_text(bar_plot(workload, values))
    (out / "report.md").write_text("\n".join(parts) + "\n")


def gather(workload, runs):
    """The figures of a workload by contender; a workload may share the runs of another."""
    source = workload.get("shares", workload["name"])
    labels = [contender["label"] for contender in workload["contenders"]]
    found = {label: [] for label in labels}
    for run in runs:
        if run["workload"] == source and run["contender"] in found and workload["field"] in run:
            found[run["contender"]].append(run[workload["field"]])
    return {label: figures for label, figures in found.items() if figures}


def shown(value):
    if value >= 1e6:
        return f"{value / 1e6:.2f} M"
    if value >= 1e4:
        return f"{value / 1e3:.0f} k"
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}".rstrip("0").rstrip(".")


def spread(values):
    return f"{shown(statistics.median(values))} ({shown(min(values))}–{shown(max(values))})"


def table(workload, values):
    lines = [f"### {workload['title']}", "", "| broker | median (min–max) |", "|---|---|"]
    lines += [f"| {label} | {spread(figures)} |" for label, figures in values.items()]
    lines.append("")
    for ours, theirs, wanted in workload["targets"]:
        if ours in values and theirs in values:
            lines.append(verdict(workload, f"{ours} to {theirs}", ratio(values[ours], values[theirs]), wanted, "×"))
    if "absolute" in workload and workload["absolute"][0] in values:
        ours, wanted = workload["absolute"]
        lines.append(verdict(workload, ours, statistics.median(values[ours]), wanted, ""))
    return [*lines, ""]


def ratio(ours, theirs):
    """Median of the ratios of each round, so that what slowed a round down slows both."""
    return statistics.median(mine / its for mine, its in zip(ours, theirs) if its)


def verdict(workload, what, value, wanted, unit):
    lower = workload.get("lower")
    met = value <= wanted if lower else value >= wanted
    return f"- {what}: **{value:.2f}{unit}**, target {'≤' if lower else '≥'} {wanted:g}{unit}: {'met' if met else '**missed**'}"


def cost(workload, point, figure):
    """Per message; of large messages per KiB."""
    return figure * 1024 / point if workload["axis"] == "bytes" else figure


def curve_table(workload, values):
    points = [(point, values[label]) for point, label in zip(workload["points"], (one["label"] for one in workload["contenders"])) if label in values]
    costs = {point: statistics.median(cost(workload, point, figure) for figure in figures) for point, figures in points}
    if workload["axis"] == "bytes":
        costs = {point: value for point, value in costs.items() if point >= 1024}
    first = next(iter(costs.values()))
    lines = [f"### growth: {workload['title']}", "", f"| {workload['axis']} | CPU ns per delivery (min–max) | to the smallest case |", "|---|---|---|"]
    for point, figures in points:
        compared = f"{costs[point] / first:.2f} ×" if point in costs else "–"
        lines.append(f"| {point:,} | {spread(figures)} | {compared} |")
    worst = max(costs.values()) / first
    return [*lines, "", f"- worst: **{worst:.2f} ×**, target ≤ {workload['limit']:g} ×: {'met' if worst <= workload['limit'] else '**missed**'}", ""]


# --- plots ---

WIDTH, ROW, LEFT = 720, 26, 190
STYLE = "font: 13px sans-serif; fill: #223"


def bar_plot(workload, values):
    medians = {label: statistics.median(figures) for label, figures in values.items()}
    top = max(medians.values()) or 1
    rows = []
    for index, (label, value) in enumerate(medians.items()):
        y, width = 34 + index * ROW, (WIDTH - LEFT - 90) * value / top
        color = "#2a7ab8" if label.startswith("BlipMQ") else "#b7bdc4"
        rows.append(f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end" style="{STYLE}">{html.escape(label)}</text>')
        rows.append(f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="18" fill="{color}"/>')
        rows.append(f'<text x="{LEFT + width + 6:.1f}" y="{y + 14}" style="{STYLE}">{shown(value)}</text>')
    return picture(workload["title"], 44 + len(medians) * ROW, rows)


def curve_plot(workload, values):
    labels = [one["label"] for one in workload["contenders"]]
    points = [(point, statistics.median(values[label])) for point, label in zip(workload["points"], labels) if label in values]
    top, height = max(value for _, value in points) * 1.15 or 1, 240
    step = (WIDTH - 120) / max(1, len(points) - 1)
    places = [(60 + index * step, height - 30 - (height - 80) * value / top) for index, (_, value) in enumerate(points)]
    rows = [f'<polyline fill="none" stroke="#2a7ab8" stroke-width="2" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>']
    for (x, y), (point, value) in zip(places, points):
        rows.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#2a7ab8"/>')
        rows.append(f'<text x="{x:.1f}" y="{y - 10:.1f}" text-anchor="middle" style="{STYLE}">{shown(value)} ns</text>')
        rows.append(f'<text x="{x:.1f}" y="{height - 8}" text-anchor="middle" style="{STYLE}">{point:,}</text>')
    return picture(f"CPU ns per delivery: {workload['title']}", height, rows)


def picture(title, height, rows):
    heading = f'<text x="12" y="20" style="font: bold 14px sans-serif; fill: #223">{html.escape(title)}</text>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" role="img">{heading}{"".join(rows)}</svg>\n'
