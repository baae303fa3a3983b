using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PulseRun.Core.Probe;

/// <summary>Represents what one ssh command found on an instance.</summary>
/// <param name="Gpus">The load and memory of each GPU.</param>
/// <param name="Processes">The number of processes on the GPUs; null when unknown.</param>
/// <param name="Logins">The number of terminal logins; null when unknown. The connection of the probe has no terminal and is not among them.</param>
/// <param name="LoadAverage">The CPU load of the last minute; null when unknown.</param>
/// <param name="Cpus">The number of CPUs; null when unknown.</param>
internal sealed record ProbeOutput(IReadOnlyList<GpuMetrics> Gpus, int? Processes, int? Logins, double? LoadAverage, int? Cpus)
{
    private const string Mark = "@@", Begin = Mark + "pulserun-probe 1", End = Mark + "end", Failed = Mark + "failed";

    /// <summary>The script, for a POSIX shell. It contains no single quote, so that it can be quoted for any login shell.</summary>
    private static readonly string s_script = string.Join("; ",
        "PATH=$PATH:/usr/local/nvidia/bin:/usr/local/bin:/usr/bin:/bin",
        "LC_ALL=C",
        "export PATH LC_ALL",
        "echo \"" + Begin + "\"",
        "echo \"" + Mark + "gpus\"",
        "nvidia-smi --query-gpu=index,utilization.gpu,memory.used,memory.total --format=csv,noheader,nounits || echo \"" + Failed + "\"",
        "echo \"" + Mark + "processes\"",
        "nvidia-smi --query-compute-apps=pid --format=csv,noheader || echo \"" + Failed + "\"",
        "echo \"" + Mark + "logins\"",
        "who || echo \"" + Failed + "\"",
        "echo \"" + Mark + "load\"",
        "cat /proc/loadavg || echo \"" + Failed + "\"",
        "echo \"" + Mark + "cpus\"",
        "nproc || grep -c ^processor /proc/cpuinfo || echo \"" + Failed + "\"",
        "echo \"" + End + "\"");

    /// <summary>Gets the command to run on the instance.</summary>
    public static string Command => "exec sh -c '" + s_script + "'";

    /// <summary>Gets the highest load of a GPU, in percent; null when the load of one is unknown.</summary>
    public double? PeakGpu => Gpus.All(static gpu => gpu.Utilization is not null) ? Gpus.Max(static gpu => gpu.Utilization) : null;

    /// <summary>Returns what the command wrote; null when the output is not whole or names no GPU.</summary>
    public static ProbeOutput? Parse(string output)
    {
        var sections = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        List<string>? section = null;
        bool isBegun = false, isEnded = false;
        foreach (string line in output.Split('\n').Select(static line => line.Trim()).Where(static line => line.Length > 0))
        {
            // A profile of the login shell may write lines before the first mark.
            if (line == Begin)
                isBegun = true;
            else if (line == End)
                isEnded = true;
            else if (isBegun && !isEnded && line.StartsWith(Mark, StringComparison.Ordinal) && line != Failed)
                sections[line.Substring(Mark.Length)] = section = [];
            else
                section?.Add(line);
        }
        if (!isBegun || !isEnded || Lines("gpus") is not { Count: > 0 } gpuLines)
            return null;
        var gpus = gpuLines.Select(Gpu).ToList();
        if (gpus.Contains(null))
            return null;
        return new ProbeOutput(
            gpus!,
            Lines("processes")?.Count(static line => int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out _)),
            Lines("logins")?.Count,
            Lines("load") is { Count: > 0 } load ? Number(load[0].Split(' ')[0]) : null,
            Lines("cpus") is { Count: > 0 } cpus && Number(cpus[0]) is >= 1 and <= 100_000 and { } count ? (int)count : null);

        // A failed command may have written lines before it failed.
        List<string>? Lines(string name) => sections.TryGetValue(name, out List<string>? lines) && !lines.Contains(Failed) ? lines : null;
    }

    /// <summary>Returns the output as a reading. It has no uptime, because /proc/uptime of a container is that of its host.</summary>
    public InstanceMetrics ToMetrics(string id, DateTimeOffset at, Context? origin = null) => new()
    {
        Id = id,
        SampledAt = at,
        GpuUtilization = PeakGpu,
        MemoryUsage = Gpus.Max(static gpu => gpu.MemoryUsage),
        Gpus = Gpus,
        Source = MetricsSource.Ssh,
        Origin = origin,
        AdditionalProperties = new Dictionary<string, object?> { ["gpu_processes"] = Processes, ["logins"] = Logins, ["load_average"] = LoadAverage, ["cpus"] = Cpus },
    };

    /// <summary>Returns the GPU of a line such as <c>0, 97, 1234, 81559</c>; null when the line has another form. <c>[N/A]</c> is an unknown value.</summary>
    private static GpuMetrics? Gpu(string line)
    {
        string[] parts = line.Split(',');
        if (parts.Length != 4 || Number(parts[0]) is not (>= 0 and < 1024 and { } index))
            return null;
        double? used = Number(parts[2]), total = Number(parts[3]);
        return new GpuMetrics { Index = (int)index, Utilization = Number(parts[1]), MemoryUsage = total > 0 && used <= total ? used / total * 100 : null };
    }

    private static double? Number(string text) => double.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) ? value : null;
}
