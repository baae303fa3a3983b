using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Launch;
using Xunit;

namespace PulseRun.Core.Tests.Launch;

public class LaunchAssignmentTests
{
    /// <summary>Parses kinds, one letter each, and fits, one row for each launch: Y for Yes, m for Maybe, a dot for No.</summary>
    [Theory]
    [InlineData("a", "Y", "0")]
    [InlineData("a", "m", null)]
    [InlineData("a", "YY", null)]
    [InlineData("aa", "YY YY", "0 1")]
    [InlineData("aa", "Y Y", "0")]
    [InlineData("ab", "YY .Y", "0 1")]
    [InlineData("ab", "Y Y", null)]
    [InlineData("ab", "Ym mY", "0 1")]
    [InlineData("ab", "Y m", null)]
    [InlineData("ab", "YY YY", null)]
    [InlineData("abc", "YY. .YY ..Y", "0 1 2")]
    [InlineData("abc", "YY .Y .m", null)]
    [InlineData("abb", "Y. .Y .Y", "0 1")]
    public void Solve_Table(string kinds, string fits, string? expected)
    {
        int[]? answer = LaunchAssignment.Solve(kinds.Select(static c => (int)c).ToList(), Table(fits.Split(' ')));
        Assert.Equal(expected, answer is null ? null : string.Join(" ", answer));
    }

    /// <summary>Compares the result with all possible assignments.</summary>
    [Fact]
    public void Solve_AnySmallCase_EqualsExhaustiveSearch()
    {
        var random = new Random(7);
        int solved = 0, refused = 0;
        for (int run = 0; run < 20_000; run++)
        {
            int launches = random.Next(1, 6), instances = random.Next(1, 5);
            var kinds = Enumerable.Range(0, launches).Select(_ => random.Next(3)).ToList();
            var fits = new Fit[launches, instances];
            for (int i = 0; i < launches; i++)
            {
                for (int x = 0; x < instances; x++)
                    fits[i, x] = (Fit)Math.Max(0, random.Next(-1, 3));
            }
            bool expected = IsOnlyAnswer(kinds, fits);
            int[]? answer = LaunchAssignment.Solve(kinds, fits);
            Assert.True(expected == answer is not null, "run " + run);
            if (answer is null)
            {
                refused++;
                continue;
            }
            solved++;
            Assert.Equal(instances, answer.Distinct().Count());
            for (int x = 0; x < instances; x++)
                Assert.Equal(Fit.Yes, fits[answer[x], x]);
        }
        Assert.InRange(solved, 500, 19_500);
        Assert.InRange(refused, 500, 19_500);
    }

    private static bool IsOnlyAnswer(List<int> kinds, Fit[,] fits)
    {
        if (kinds.Distinct().Count() == 1)
            return Answers(kinds.Count, fits, Fit.Yes).Any();
        var certain = Answers(kinds.Count, fits, Fit.Yes).ToList();
        if (certain.Count == 0 || certain.Select(answer => Kinds(answer, kinds)).Distinct().Count() > 1)
            return false;
        // A launch without an instance may have launched after all: an assignment that uses it and so gives an instance to another kind makes the result ambiguous.
        var first = certain[0];
        return Answers(kinds.Count, fits, Fit.Maybe).All(answer => Kinds(answer, kinds) == Kinds(first, kinds) || !IsOneChain(first, answer));
    }

    /// <summary>Returns true when the second assignment uses a launch that the first left without an instance, and all other differences follow from that.</summary>
    private static bool IsOneChain(int[] first, int[] second)
    {
        var added = second.Except(first).ToList();
        if (added.Count != 1)
            return false;
        int followed = 0;
        for (int x = Array.IndexOf(second, added[0]); x >= 0; x = Array.IndexOf(second, first[x]))
            followed++;
        return followed == first.Where((launch, x) => second[x] != launch).Count();
    }

    private static string Kinds(int[] answer, List<int> kinds) => string.Join(",", answer.Select(i => kinds[i]));

    private static IEnumerable<int[]> Answers(int launches, Fit[,] fits, Fit least)
    {
        return From([]);

        IEnumerable<int[]> From(int[] begun) => begun.Length == fits.GetLength(1)
            ? [begun]
            : Enumerable.Range(0, launches).Where(i => !begun.Contains(i) && fits[i, begun.Length] >= least).SelectMany(i => From([.. begun, i]));
    }

    private static Fit[,] Table(string[] rows)
    {
        var fits = new Fit[rows.Length, rows[0].Length];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int x = 0; x < rows[i].Length; x++)
                fits[i, x] = rows[i][x] switch { 'Y' => Fit.Yes, 'm' => Fit.Maybe, _ => Fit.No };
        }
        return fits;
    }
}
