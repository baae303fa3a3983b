using System;
using System.IO;
using System.Linq;
using System.Text;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Session;

/// <summary>The local store as cmdlets use it.</summary>
public class StoreTests : CmdletTests
{
    public StoreTests() => StartEmulator();

    [Fact]
    public void It_is_created_in_PULSERUN_DATA_DIR_for_its_user_only_and_never_holds_the_key()
    {
        Do("New-PRInstance rtx_4090 pytorch");
        string[] files = Directory.GetFiles(DataDirectory);
        Assert.Superset(new[] { "pulserun.db", "pulserun.db-wal" }.ToHashSet(), files.Select(Path.GetFileName).ToHashSet()!);
        foreach (string file in files)
        {
            // Read beside the store, which has it open.
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using StreamReader reader = new(stream, Encoding.Latin1);
            Assert.DoesNotContain(Emulator.ApiKey, reader.ReadToEnd());
        }
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(DataDirectory));
        foreach (string file in files)
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void A_list_does_not_create_it()
    {
        Do("Get-PRInstance");
        Assert.False(Directory.Exists(DataDirectory));
    }

    [Fact]
    public void A_launch_is_refused_when_it_cannot_be_written_unless_with_NoJournal() => WithoutStore(() =>
    {
        Outcome done = Run("New-PRInstance rtx_4090 pytorch");
        Assert.Empty(done.Output);
        Assert.Equal(["JournalUnavailable"], done.ErrorIds);
        Assert.Equal("WriteError", done.Errors[0].CategoryInfo.Category.ToString());
        AssertLike("Nothing was launched*", done.Errors[0].Exception.Message);
        Assert.Contains("-NoJournal", done.Errors[0].ErrorDetails.RecommendedAction);
        Assert.Equal(0, CountSent("POST *"));

        Fail(new() { Kind = EmulatorFaultKind.ServerErrorAfterEffect, Method = "POST", Times = 1 });
        // Without a journal the launches of other processes are not known, so what it launched is named and not adopted.
        done = Run("New-PRInstance rtx_4090 pytorch -NoJournal -SettleSec 1");
        Assert.Empty(done.Output);
        Assert.Equal(["LaunchOutcomeUnknown"], done.ErrorIds);
        AssertLike("*without a journal*It may be " + Ids[^1] + ".*", done.Errors[0].Exception.Message);
        string next = Get<Instance>("New-PRInstance rtx_4090 pytorch -NoJournal").Id;
        Assert.Equal(Ids[^1], next);

        Assert.Equal("JournalUnavailable", Run("Resolve-PRLaunch").EndedId);
        Assert.Equal(8, GetAll<Instance>("Get-PRInstance").Length);
    });

    [Fact]
    public void A_damaged_one_is_set_aside_with_one_warning_that_names_the_file()
    {
        Directory.CreateDirectory(DataDirectory);
        File.WriteAllText(Path.Combine(DataDirectory, "pulserun.db"), string.Concat(Enumerable.Repeat("This is no database. ", 500)));
        Outcome done = Do("New-PRInstance rtx_4090 pytorch -Count 3");
        Assert.Equal(3, done.As<Instance>().Length);
        string aside = Assert.Single(Directory.GetFiles(DataDirectory, "pulserun.db.corrupt-*"));
        AssertLike("*" + aside + "*Open launches may be in it*", Assert.Single(done.Warnings));
        Assert.Empty(Do("New-PRInstance rtx_4090 pytorch; Resolve-PRLaunch").Warnings);
    }
}
