using System.IO;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PulseRun.Emulator.Http;

internal static class JsonText
{
    // The depth allows for the deepest fault. Like Python services, escape only what JSON requires.
    private static readonly JsonWriterOptions s_options = new() { MaxDepth = 2_000, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(JsonNode node)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, s_options))
            node.WriteTo(writer);
        return bytes.ToArray();
    }
}
