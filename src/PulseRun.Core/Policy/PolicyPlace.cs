namespace PulseRun.Core.Policy;

/// <summary>Represents the place of a policy file.</summary>
/// <param name="Path">The full path of the file.</param>
internal sealed record PolicyPlace(string Path)
{
    /// <summary>Gets the folder of the file.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Gets the user id that may own the file besides root; null for root alone. Only tests set it, because they do not all run as root.</summary>
    public uint? TrustedOwner { get; init; }
}
