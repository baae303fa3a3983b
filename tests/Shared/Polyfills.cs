#if !NET
using System;
using System.Collections.Generic;
using System.Linq;

#pragma warning disable SA1402, MA0048 // What tests of both targets use and .NET Framework lacks is short enough for one file.

namespace System
{
    /// <summary>The type behind <c>[^1]</c>.</summary>
    internal readonly struct Index(int value, bool fromEnd = false)
    {
        public int GetOffset(int length) => fromEnd ? length - value : value;

        public static implicit operator Index(int value) => new(value);
    }

    /// <summary>The type behind <c>[..^1]</c>.</summary>
    internal readonly struct Range(Index start, Index end)
    {
        public Index Start => start;

        public Index End => end;
    }
}

namespace PulseRun.Tests.Shared
{
    /// <summary>Contains methods of .NET that .NET Framework lacks.</summary>
    internal static class Polyfills
    {
        private static readonly DateTimeOffset s_epoch = new(1970, 1, 1, 0, 0, 0, TimeSpan.Zero);

        extension(DateTimeOffset)
        {
            public static DateTimeOffset UnixEpoch => s_epoch;
        }

        public static IEnumerable<T> Order<T>(this IEnumerable<T> items) => items.OrderBy(static item => item);

        public static IEnumerable<T> Order<T>(this IEnumerable<T> items, IComparer<T> comparer) => items.OrderBy(static item => item, comparer);

        public static IEnumerable<(TFirst First, TSecond Second)> Zip<TFirst, TSecond>(this IEnumerable<TFirst> first, IEnumerable<TSecond> second) => first.Zip(second, static (one, other) => (one, other));

        public static bool TryAdd<TKey, TValue>(this Dictionary<TKey, TValue> map, TKey key, TValue value)
        {
            if (map.ContainsKey(key))
                return false;
            map.Add(key, value);
            return true;
        }

        public static void Deconstruct<TKey, TValue>(this KeyValuePair<TKey, TValue> pair, out TKey key, out TValue value) => (key, value) = (pair.Key, pair.Value);

        public static bool Contains(this string text, string part, StringComparison comparison) => text.IndexOf(part, comparison) >= 0;

        public static string[] Split(this string text, string separator) => text.Split([separator], StringSplitOptions.None);

        public static string[] Split(this string text, char separator, StringSplitOptions options) => text.Split([separator], options);
    }
}
#endif
