"""Charts drawn by the server as SVG: dataclasses in, a `Chart` with picture and table out."""

from core.charts.bars import Bar, CategoryBars, PeriodBars, draw_categories, draw_periods
from core.charts.funnel import Funnel, FunnelEdge, FunnelPoint, draw_funnel
from core.charts.quartile import Dot, QuartilePlot, Reference, draw_quartile
from core.charts.sparkline import Sparkline, draw_sparkline
from core.charts.svg import NARROW, WIDE, Chart, Column, for_every_width
from core.charts.waterfall import Waterfall, draw_waterfall
from core.charts.xmr import Xmr, XmrPoint, draw_xmr

__all__ = [
    "NARROW",
    "WIDE",
    "Bar",
    "CategoryBars",
    "Chart",
    "Column",
    "Dot",
    "Funnel",
    "FunnelEdge",
    "FunnelPoint",
    "PeriodBars",
    "QuartilePlot",
    "Reference",
    "Sparkline",
    "Waterfall",
    "Xmr",
    "XmrPoint",
    "draw_categories",
    "draw_funnel",
    "draw_periods",
    "draw_quartile",
    "draw_sparkline",
    "draw_waterfall",
    "draw_xmr",
    "for_every_width",
]
