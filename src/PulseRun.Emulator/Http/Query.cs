using System;

namespace PulseRun.Emulator.Http;

internal static class Query
{
    /// <summary>Returns the first value of a parameter; null without one.</summary>
    public static string? Value(string query, string name)
    {
        foreach (string pair in query.Split('&'))
        {
            int equals = pair.IndexOf('=');
            string key = equals < 0 ? pair : pair.Substring(0, equals);
            if (key == name)
                return equals < 0 ? "" : Uri.UnescapeDataString(pair.Substring(equals + 1).Replace('+', ' '));
        }
        return null;
    }
}
