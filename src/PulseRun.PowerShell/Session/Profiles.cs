namespace PulseRun.PowerShell.Session;

/// <summary>Saved connections.</summary>
internal static class Profiles
{
    public const string DefaultName = "default";

    public static ContextSettings? Load(string? name) => null;

    public static void Save(ContextSettings settings)
    {
    }
}
