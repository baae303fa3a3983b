using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using PulseRun.Store.Postgres.Connection;
using PulseRun.Store.Postgres.Schema;
using Xunit;

namespace PulseRun.Store.Postgres.Tests;

/// <summary>Tests that one number means one kind of work, wherever the lock is taken. Two kinds with one number would wait for each other, in an order that can be a deadlock.</summary>
public sealed class AdvisoryLockTests
{
    [Fact]
    public void The_statements_of_the_schema_take_only_locks_of_the_list()
    {
        int[] taken = Regex.Matches(Migrations.Script(0), @"pg_(?:try_)?advisory_\w+\(\s*(\d+)").Cast<Match>().Select(static match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).Distinct().ToArray();

        Assert.Contains((int)AccountLock.Migrations, taken);
        Assert.Contains((int)AccountLock.Partitions, taken);
        // A number that is no value of the enum is written as a number.
        Assert.All(taken, static number => Assert.NotEqual(number.ToString(CultureInfo.InvariantCulture), ((AccountLock)number).ToString()));
    }
}
