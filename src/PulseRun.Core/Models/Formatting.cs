using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>What the format files call for cells that are more than a property. Not for scripts: the objects have the values.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Formatting
{
    /// <summary>How long a running instance has been up, or how old another one is.</summary>
    public static string UpOrAge(Instance instance)
    {
        DateTimeOffset now = instance.Origin?.UtcNow ?? DateTimeOffset.UtcNow;
        if (InstanceStatus.Is(instance.Status, InstanceStatus.Running) && instance.StartedAt is { } started)
            return Display.Duration(now - started);
        return instance.CreatedAt is { } created ? Display.Duration(now - created) : "";
    }

    /// <summary>Returns an address without its query and fragment, which may be tokens, and without a user name and password.</summary>
    public static string WithoutQuery(string? address)
    {
        if (address is null)
            return "";
        string shown = address.IndexOfAny(['?', '#']) is var end and >= 0 ? address.Remove(end) + "?…" : address;
        int host = shown.IndexOf("://", StringComparison.Ordinal) + 3;
        int path = host < 3 ? -1 : shown.IndexOf('/', host);
        int user = host < 3 ? -1 : shown.LastIndexOf('@', (path < 0 ? shown.Length : path) - 1);
        return user < host ? shown : shown.Remove(host, user - host).Insert(host, "…");
    }

    /// <summary>A percentage, or a question mark for what is unknown: unknown is not zero.</summary>
    public static string Percent(double? value) => Display.Percent(value);

    /// <summary>A duration as people read it.</summary>
    public static string Duration(TimeSpan? value) => value is { } duration ? Display.Duration(duration) : "";

    /// <summary>Single GPUs' utilisation, in the server's order.</summary>
    public static string Gpus(IReadOnlyList<GpuMetrics> gpus) => string.Join(" ", gpus.Select(static gpu => Display.Percent(gpu.Utilization)));

    /// <summary>The first line a command wrote, in one line: of its error where it failed and wrote one.</summary>
    public static string FirstLine(CommandResult result)
    {
        string text = (result.ExitCode != 0 && result.StdErr.Length > 0) || result.StdOut.Length == 0 ? result.StdErr : result.StdOut;
        text = text.TrimStart('\r', '\n');
        int end = text.IndexOfAny(['\r', '\n']);
        return end < 0 ? CleanText.Clean(text, 200) : CleanText.Clean(text.Remove(end), 200) + " …";
    }

    /// <summary>A text of several lines without what a terminal would obey.</summary>
    public static string Lines(string text) => string.Join("\n", text.Split('\n').Select(static line => CleanText.Printable(line.TrimEnd('\r').Replace("\t", "    "))));

    /// <summary>An instance as a person recognises it: <c>inst_abc (h100_80gb, vast_ai, $1.99/h)</c>.</summary>
    internal static string Describe(Instance instance)
    {
        var parts = new List<string>(3);
        if (instance.Gpu is { } gpu)
            parts.Add(CleanText.Clean(gpu, 40));
        if (instance.Provider is { } provider)
            parts.Add(CleanText.Clean(provider, 40));
        if (instance.CostPerHour is { } cost)
            parts.Add(Display.PerHour(cost));
        return parts.Count == 0 ? instance.Id : instance.Id + " (" + string.Join(", ", parts) + ")";
    }
}
