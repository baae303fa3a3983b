using System.Text.Json;

namespace PulseRun.Client.Wire;

/// <summary>How large an answer may be (design.md section 3). All hold after decompression.</summary>
internal static class JsonLimits
{
    public const int ObjectBytes = 4 << 20;

    public const int ErrorBytes = 64 << 10;

    public const long ListBytes = 256L << 20;

    public const int Depth = 32;

    public static readonly JsonReaderOptions Reader = new() { MaxDepth = Depth };
}
