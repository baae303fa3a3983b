using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>Contains methods that the format files call for cells that are more than a property. Not for use in scripts; the objects have the values.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Formatting
{
    /// <summary>Returns a percentage, or a question mark for an unknown value, so that unknown does not look like 0.</summary>
    public static string Percent(double? value) => Display.Percent(value);

    /// <summary>Returns a duration in short form, for example <c>3h12m</c>.</summary>
    public static string Duration(TimeSpan? value) => value is { } duration ? Display.Duration(duration) : "";

    /// <summary>Returns the first line of a command's output; of its error output if the command failed and wrote one.</summary>
    public static string FirstLine(int exitCode, string? output, string? errorOutput)
    {
        string text = ((exitCode != 0 && !string.IsNullOrEmpty(errorOutput)) || string.IsNullOrEmpty(output) ? errorOutput : output) ?? "";
        text = text.TrimStart('\r', '\n');
        int end = text.IndexOfAny(['\r', '\n']);
        return end < 0 ? CleanText.Clean(text, 200) : CleanText.Clean(text.Remove(end), 200) + " …";
    }

    /// <summary>Returns a text of several lines without characters that a terminal would interpret.</summary>
    public static string Lines(string text) => string.Join("\n", text.Split('\n').Select(static line => CleanText.Printable(line.TrimEnd('\r').Replace("\t", "    "))));

    /// <summary>Returns a short description of an instance: <c>inst_abc (train-7, h100_80gb, vast_ai, $1.99/h)</c>.</summary>
    internal static string Describe(Instance instance)
    {
        var parts = new List<string>(4);
        if (instance.Name is { } name)
            parts.Add(CleanText.Clean(name, 64));
        if (instance.Gpu is { } gpu)
            parts.Add(CleanText.Clean(gpu, 40));
        if (instance.Provider is { } provider)
            parts.Add(CleanText.Clean(provider, 40));
        if (instance.CostPerHour is { } cost)
            parts.Add(Display.PerHour(cost));
        return parts.Count == 0 ? instance.Id : instance.Id + " (" + string.Join(", ", parts) + ")";
    }
}
