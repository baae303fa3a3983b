namespace PulseRun.Package;

/// <summary>A file of somebody else in the staged module.</summary>
/// <param name="Path">Where it is, from the module's folder, with '/'.</param>
/// <param name="Sha256">Its hash, in lower case hexadecimal.</param>
internal sealed record ShippedFile(string Path, string Sha256);
