namespace PulseRun.Emulator.Simulation;

/// <summary>Produces reproducible pseudo-random values: equal arguments give equal values on every runtime.</summary>
internal static class DeterministicRandom
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    /// <summary>Returns a hash: FNV-1a over the text, followed by the finalizer of SplitMix64, because FNV alone maps similar inputs to similar values.</summary>
    public static ulong Hash(int seed, string text, long number = 0)
    {
        ulong hash = 14695981039346656037UL ^ (uint)seed;
        foreach (char c in text)
            hash = unchecked((hash ^ c) * 1099511628211UL);
        return Mix(Mix(hash) + unchecked((ulong)number));
    }

    /// <summary>Returns a number from 0 to just below 1.</summary>
    public static double Unit(int seed, string text, long number = 0) => (Hash(seed, text, number) >> 11) * (1.0 / (1UL << 53));

    public static double Between(double low, double high, int seed, string text, long number = 0) =>
        low + ((high - low) * Unit(seed, text, number));

    public static string Base36(int length, int seed, string text, long number = 0)
    {
        char[] digits = new char[length];
        ulong hash = Hash(seed, text, number);
        for (int i = 0; i < length; i++)
        {
            digits[i] = Digits[(int)(hash % 36)];
            // One hash provides twelve digits in base 36; a thirteenth needs another hash.
            hash = i % 12 == 11 ? Mix(Hash(seed, text, number) + (ulong)i) : hash / 36;
        }
        return new string(digits);
    }

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value += 0x9E3779B97F4A7C15UL;
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
            return value ^ (value >> 31);
        }
    }
}
