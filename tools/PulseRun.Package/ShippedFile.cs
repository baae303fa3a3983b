namespace PulseRun.Package;

/// <summary>Represents a third-party file in the staged module.</summary>
/// <param name="Path">The path relative to the module's folder, with '/' as separator.</param>
/// <param name="Sha256">The hash, in lower-case hexadecimal.</param>
internal sealed record ShippedFile(string Path, string Sha256);
