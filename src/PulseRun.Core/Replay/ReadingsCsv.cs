using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace PulseRun.Core.Replay;

/// <summary>
/// Reads the file that <c>Get-PRInstanceMetrics -History | Export-Csv</c> writes. Such a file is invariant. A file that another program wrote, or Export-Csv in a session without the module's types, has the culture of its session, so that one is tried too.
/// A cell that cannot be read is an error: as a missing value it could make an instance look less busy.
/// </summary>
internal static class ReadingsCsv
{
    private const string Id = "Id", At = "SampledAt", Gpu = "GpuUtilization", Memory = "MemoryUsage", Up = "Uptime", Gpus = "Gpus", Cost = "CostPerHour";

    private static readonly string[] s_iso = ["O", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss'Z'", "yyyy-MM-dd HH:mm:ss zzz"];

    /// <summary>Returns the readings of the file, by instance, in time order.</summary>
    /// <param name="text">The file.</param>
    /// <param name="name">The name of the file, for messages.</param>
    /// <param name="culture">The culture of this session.</param>
    /// <param name="since">The earliest time.</param>
    /// <exception cref="PulseRunException">InvalidRequest: the file is not such a file. The message names the line.</exception>
    public static IReadOnlyList<RecordedSeries> Read(TextReader text, string name, CultureInfo culture, DateTimeOffset since)
    {
        var rows = new List<(int Line, List<string> Cells)>();
        char delimiter = ',';
        List<string>? header = null;
        var lines = new Lines(text);
        while (lines.Next(header is null ? null : delimiter) is { } cells)
        {
            // Windows PowerShell writes the type first, unless -NoTypeInformation is given.
            if (header is null && cells.Count > 0 && cells[0].StartsWith("#TYPE", StringComparison.Ordinal))
                continue;
            if (header is null)
            {
                header = cells;
                delimiter = lines.Delimiter;
            }
            else if (cells.Count > 1 || cells[0].Length > 0)
            {
                rows.Add((lines.Number, cells));
            }
        }
        Dictionary<string, int> columns = Columns(header ?? [], name);
        CultureInfo[] cultures = culture.Equals(CultureInfo.InvariantCulture) ? [culture] : [CultureInfo.InvariantCulture, culture];
        PulseRunException? first = null;
        List<Row>? chosen = null;
        foreach (CultureInfo candidate in cultures)
        {
            try
            {
                List<Row> read = rows.ConvertAll(row => Parse(row.Cells, row.Line, columns, candidate, name));
                if (chosen is null || IsLikelier(read, chosen))
                    chosen = read;
            }
            catch (PulseRunException error)
            {
                first ??= error;
            }
        }
        return (chosen ?? throw first!)
            .Where(row => row.Reading.At >= since)
            .GroupBy(static row => row.Id, StringComparer.Ordinal)
            .Select(static group => new RecordedSeries(group.Key, group.Select(static row => row.Reading).OrderBy(static reading => reading.At).ToList(), group.Last().Cost))
            .ToList();
    }

    private static Dictionary<string, int> Columns(List<string> header, string name)
    {
        var columns = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < header.Count; i++)
            columns[header[i].Trim()] = i;
        string[] missing = new[] { Id, At, Gpu }.Where(column => !columns.ContainsKey(column)).ToArray();
        return missing.Length == 0 ? columns : throw Refuse(name, "has no column " + string.Join(", ", missing) + ". Get-PRInstanceMetrics -History | Export-Csv writes such a file");
    }

    private static Row Parse(List<string> cells, int line, Dictionary<string, int> columns, CultureInfo culture, string name)
    {
        string id = Cell(Id);
        if (id.Length == 0)
            throw Wrong(Id);
        var metrics = new InstanceMetrics
        {
            Id = id,
            SampledAt = Time(Cell(At), culture) ?? throw Wrong(At),
            GpuUtilization = Number(Gpu),
            MemoryUsage = Number(Memory),
            Uptime = Cell(Up) is { Length: > 0 } up ? TimeSpan.TryParse(up, CultureInfo.InvariantCulture, out TimeSpan uptime) || TimeSpan.TryParse(up, culture, out uptime) ? uptime : throw Wrong(Up) : null,
            Gpus = GpuList.Parse(Cell(Gpus)) ?? throw Wrong(Gpus),
        };
        return new Row(id, Reading.From(metrics), (decimal?)Number(Cost));

        string Cell(string column) => columns.TryGetValue(column, out int index) && index < cells.Count ? cells[index].Trim() : "";

        double? Number(string column) => Cell(column) is not { Length: > 0 } text ? null
            : double.TryParse(text, NumberStyles.Float, culture, out double value) ? value
            : throw Wrong(column);

        PulseRunException Wrong(string column) => Refuse(name, string.Format(CultureInfo.InvariantCulture, "has a {0} in line {1} that cannot be read: '{2}'", column, line, Text.CleanText.Clean(Cell(column), 60)));
    }

    private static DateTimeOffset? Time(string text, CultureInfo culture)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces;
        string shown = culture.DateTimeFormat.ShortDatePattern + " " + culture.DateTimeFormat.LongTimePattern + " zzz";
        return DateTimeOffset.TryParseExact(text, s_iso, CultureInfo.InvariantCulture, Utc, out DateTimeOffset time)
            || DateTimeOffset.TryParseExact(text, shown, culture, Utc, out time) ? time : null;
    }

    /// <summary>Returns true when the first reading of a file is likelier than the second. 3/11 is a day in March or in November: the history is exported oldest first, and the wrong month turns days into months.</summary>
    private static bool IsLikelier(List<Row> rows, List<Row> others) =>
        IsInOrder(rows) && (!IsInOrder(others) || Span(rows) < Span(others));

    private static TimeSpan Span(List<Row> rows) => rows.Count == 0 ? TimeSpan.Zero : rows[rows.Count - 1].Reading.At - rows[0].Reading.At;

    private static bool IsInOrder(List<Row> rows)
    {
        for (int i = 1; i < rows.Count; i++)
        {
            if (rows[i].Reading.At < rows[i - 1].Reading.At)
                return false;
        }
        return true;
    }

    private static PulseRunException Refuse(string name, string why) => new(ErrorIds.InvalidRequest, "Path: the file '" + Text.CleanText.Clean(name, 300) + "' " + why + ".") { Field = "Path" };

    private sealed record Row(string Id, Reading Reading, decimal? Cost);

    /// <summary>Splits the file into rows of cells. Cells may be quoted, and a quoted cell may contain line breaks.</summary>
    private sealed class Lines(TextReader text)
    {
        /// <summary>Gets the delimiter of the last row that was read without a given one: the semicolon when the row has more of them than commas.</summary>
        public char Delimiter { get; private set; } = ',';

        /// <summary>Gets the number of the line on which the last row began.</summary>
        public int Number { get; private set; }

        private int _next = 1;

        /// <summary>Returns the cells of the next row; null at the end.</summary>
        public List<string>? Next(char? delimiter)
        {
            Number = _next;
            string? line = text.ReadLine();
            if (line is null)
                return null;
            _next++;
            Delimiter = delimiter ?? (line.Split(';').Length > line.Split(',').Length ? ';' : ',');
            var cells = new List<string>();
            var cell = new StringBuilder();
            bool isQuoted = false;
            for (int i = 0; ; i++)
            {
                if (i == line.Length)
                {
                    if (!isQuoted || text.ReadLine() is not { } more)
                        break;
                    _next++;
                    cell.Append('\n');
                    (line, i) = (more, -1);
                    continue;
                }
                char c = line[i];
                if (isQuoted && c == '"' && i + 1 < line.Length && line[i + 1] == '"')
                    cell.Append(line[i++]);
                else if (c == '"')
                    isQuoted = !isQuoted;
                else if (c == Delimiter && !isQuoted)
                    cells.Add(Take(cell));
                else
                    cell.Append(c);
            }
            cells.Add(Take(cell));
            return cells;
        }

        private static string Take(StringBuilder cell)
        {
            string text = cell.ToString();
            cell.Clear();
            return text;
        }
    }
}
