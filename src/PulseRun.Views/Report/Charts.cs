using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;
using PulseRun.Core.Report;

namespace PulseRun.Views.Report;

/// <summary>Draws charts as SVG elements that use the text colour and the width of the page.</summary>
internal sealed class Charts
{
    /// <summary>A placeholder for the text colour of the page, which depends on its light or dark scheme. Replaced by currentColor.</summary>
    private static readonly OxyColor s_ink = OxyColor.FromRgb(1, 2, 3);

    private static readonly OxyColor s_faint = OxyColor.FromAColor(40, s_ink);
    private static readonly OxyColor s_line = OxyColor.FromRgb(37, 128, 235);
    private static readonly OxyColor s_fill = OxyColor.FromAColor(70, s_line);

    private const double MinutesPerDay = 24 * 60;

    /// <summary>The steps of an axis of time, in minutes, from 5 minutes to 4 weeks.</summary>
    private static readonly int[] s_steps = [5, 10, 15, 30, 60, 2 * 60, 3 * 60, 6 * 60, 12 * 60, 24 * 60, 2 * 24 * 60, 4 * 24 * 60, 7 * 24 * 60, 14 * 24 * 60, 28 * 24 * 60];

    private int _count;

    /// <summary>Returns a chart of the burn rate over time.</summary>
    /// <param name="points">The burn rates.</param>
    /// <param name="isSmall">True for a narrow screen: a chart that is shrunk from the usual width has unreadable text.</param>
    public XElement Burn(IReadOnlyList<BurnPoint> points, bool isSmall)
    {
        PlotModel model = Model();
        AddTime(model, points[0].At, points[points.Count - 1].At, isSmall ? 4 : 10);
        AddMoney(model, (double)points.Max(static point => point.PerHour), isSmall ? 3 : 4);
        var area = new AreaSeries { Color = s_line, Color2 = OxyColors.Transparent, Fill = s_fill, StrokeThickness = 1.5 };
        area.Points.AddRange(points.Select(static point => new DataPoint(Time(point.At), (double)point.PerHour)));
        model.Series.Add(area);
        return Svg(model, isSmall ? 400 : 920, isSmall ? 200 : 240, "Burn rate over time in dollars per hour");
    }

    /// <summary>Returns a chart of the load of one instance over time: the mean as a line, the peak as an area. Times without readings are empty.</summary>
    public XElement Load(IReadOnlyList<LoadPoint> points, DateTimeOffset from, DateTimeOffset to, string label)
    {
        PlotModel model = Model();
        AddTime(model, from, to, 5);
        AddValue(model, "0'%'", 100, 50);
        var peak = new AreaSeries { Color = OxyColors.Transparent, Color2 = OxyColors.Transparent, Fill = s_fill, StrokeThickness = 0 };
        var mean = new LineSeries { Color = s_line, StrokeThickness = 1.5 };
        // A point without neighbours cannot be drawn as a line, so it is drawn as a dot.
        var alone = new ScatterSeries { MarkerType = MarkerType.Circle, MarkerSize = 1.5, MarkerFill = s_line };
        for (int i = 0; i < points.Count; i++)
        {
            LoadPoint point = points[i];
            double at = Time(point.At);
            peak.Points.Add(new DataPoint(at, point.Peak ?? double.NaN));
            peak.Points2.Add(new DataPoint(at, point.Peak is null ? double.NaN : 0));
            mean.Points.Add(new DataPoint(at, point.Mean ?? double.NaN));
            bool hasNeighbour = (i > 0 && points[i - 1].Mean is not null) || (i + 1 < points.Count && points[i + 1].Mean is not null);
            if (point.Mean is { } load && !hasNeighbour)
                alone.Points.Add(new ScatterPoint(at, load));
        }
        model.Series.Add(peak);
        model.Series.Add(mean);
        model.Series.Add(alone);
        return Svg(model, 440, 110, label);
    }

    private static PlotModel Model() => new()
    {
        Background = OxyColors.Undefined,
        PlotAreaBorderThickness = new OxyThickness(0),
        // The padding leaves room for fonts of the browser that are wider than the font of the layout.
        Padding = new OxyThickness(14, 8, 16, 6),
        TextColor = s_ink,
        DefaultFont = "system-ui, sans-serif",
        DefaultFontSize = 12,
        Culture = CultureInfo.InvariantCulture,
    };

    /// <summary>Adds an axis of time. Its labels are at whole hours or days, and a label at midnight is the day.</summary>
    private static void AddTime(PlotModel model, DateTimeOffset from, DateTimeOffset to, int labels)
    {
        double minutes = Math.Max(1, (to - from).TotalMinutes);
        int step = s_steps.FirstOrDefault(one => minutes / one <= labels);
        model.Axes.Add(new LinearAxis
        {
            Position = AxisPosition.Bottom,
            Minimum = Time(from),
            Maximum = Time(from) + minutes / MinutesPerDay,
            MajorStep = (step == 0 ? s_steps[s_steps.Length - 1] : step) / MinutesPerDay,
            LabelFormatter = Label,
            TicklineColor = s_faint,
            MinorTickSize = 0,
            AxislineStyle = LineStyle.Solid,
            AxislineColor = s_faint,
        });
    }

    /// <summary>Returns the label of a time on the axis. The time is rounded, because a multiple of a part of a day is not exact.</summary>
    private static string Label(double value)
    {
        DateTime at = DateTimeAxis.ToDateTime(value, TimeSpan.FromMinutes(1));
        return at.ToString(at.TimeOfDay == TimeSpan.Zero ? "MMM d" : "HH:mm", CultureInfo.InvariantCulture);
    }

    /// <summary>Adds an axis of money with as many decimals as its labels need.</summary>
    private static void AddMoney(PlotModel model, double highest, int steps)
    {
        double maximum = highest > 0 ? highest : 1;
        double step = Step(maximum / steps);
        int decimals = 0;
        while (decimals < 6 && Math.Abs(step * Math.Pow(10, decimals) - Math.Round(step * Math.Pow(10, decimals))) > 1e-6)
            decimals++;
        AddValue(model, decimals == 0 ? "$#,0" : "$#,0." + new string('0', Math.Max(2, decimals)), maximum, step);
    }

    private static void AddValue(PlotModel model, string format, double maximum, double step) => model.Axes.Add(new LinearAxis
    {
        Position = AxisPosition.Left,
        Minimum = 0,
        Maximum = maximum * 1.05,
        StringFormat = format,
        MajorStep = step,
        TicklineColor = OxyColors.Transparent,
        MinorTickSize = 0,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = s_faint,
    });

    /// <summary>Returns the next larger number of the form 1, 2, 2.5 or 5 times a power of ten.</summary>
    private static double Step(double rough)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double[] steps = [1, 2, 2.5, 5, 10];
        return power * steps.First(step => step * power >= rough * 0.999);
    }

    /// <summary>Converts to the time zone of the machine that writes the page. The page states the zone.</summary>
    private static double Time(DateTimeOffset at) => DateTimeAxis.ToDouble(at.ToLocalTime().DateTime);

    private XElement Svg(PlotModel model, int width, int height, string label)
    {
        // Ids in the SVG are shared by the whole page, so each chart gets a prefix.
        string prefix = "c" + (++_count).ToString(CultureInfo.InvariantCulture) + "-";
        var exporter = new SvgExporter { Width = width, Height = height, IsDocument = false };
        string drawn = exporter.ExportToString(model).Replace("clipPath", "\0").Replace("<\0", "<clipPath").Replace("</\0", "</clipPath")
            .Replace("\0", prefix + "clip").Replace("rgb(1,2,3)", "currentColor");
        XElement svg = XElement.Parse(drawn);
        svg.RemoveAttributes();
        svg.Add(
            new XAttribute("xmlns", svg.Name.NamespaceName),
            new XAttribute("viewBox", string.Format(CultureInfo.InvariantCulture, "0 0 {0} {1}", width, height)),
            new XAttribute("role", "img"),
            new XAttribute("aria-label", label));
        return svg;
    }
}
