using System;
using System.Text;
using PulseRun.Client.Http;

namespace PulseRun.Client.Json;

/// <summary>Shares one string for each of the few values that a fleet repeats (states, regions, providers). A value is redacted once, when it is first seen.</summary>
/// <remarks>Several lists use it at once without a lock: an entry is one reference, so a reader gets all of it or none.</remarks>
internal sealed class TextPool(Redactor redactor)
{
    private const int Size = 512;
    private const int LongestText = 64;
    private readonly Entry?[] _entries = new Entry?[Size];

    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LongestText)
            return Decode(utf8);
        uint hash = 2166136261;
        foreach (byte b in utf8)
            hash = (hash ^ b) * 16777619;
        ref Entry? slot = ref _entries[hash % Size];
        if (slot is { } known && utf8.SequenceEqual(known.Utf8))
            return known.Text;
        var entry = new Entry(utf8.ToArray(), Decode(utf8));
        slot = entry;
        return entry.Text;
    }

    private string Decode(ReadOnlySpan<byte> utf8) => redactor.Value(Encoding.UTF8.GetString(utf8.ToArray()));

    private sealed class Entry(byte[] utf8, string text)
    {
        public byte[] Utf8 { get; } = utf8;

        public string Text { get; } = text;
    }
}
