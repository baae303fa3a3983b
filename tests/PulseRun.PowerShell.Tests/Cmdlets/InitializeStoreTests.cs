using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using PulseRun.Tests.Shared;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests Initialize-PRStore, and Connect-PulseRun -Store.</summary>
public class InitializeStoreTests : CmdletTests
{
    private string NewDatabase()
    {
        string text = PostgresCluster.Shared.Text(PostgresCluster.Shared.NewDatabase());
        Shell.Set("store", text);
        return text;
    }

    [ServerFact]
    public void It_makes_the_tables_once_and_WhatIf_makes_none()
    {
        string text = NewDatabase();
        Assert.Empty(GetAll<StoreInfo>("Initialize-PRStore -Store $store -WhatIf"));
        Assert.Equal(0, Get<StoreInfo>("Get-PRStore -Store $store -WarningAction SilentlyContinue").SchemaVersion);
        StoreInfo made = Get<StoreInfo>("Initialize-PRStore -Store $store");
        Assert.Equal((made.RequiredVersion, "Owner"), (made.SchemaVersion, made.Role));
        Assert.Equal(made.SchemaVersion, Get<StoreInfo>("Initialize-PRStore -Store $store").SchemaVersion);
        Assert.Contains("CREATE TABLE pulserun.lease", Get<string>("Initialize-PRStore -Store '" + PostgresCluster.Shared.Text(PostgresCluster.Shared.NewDatabase()) + "' -Script"));
        Assert.DoesNotContain("Username", made.Location);
        Assert.EndsWith(made.Location.Split('/')[1], text.Split(';')[2]);
    }

    [ServerFact]
    public void A_command_before_it_fails_and_names_it()
    {
        NewDatabase();
        StartEmulator(connect: "-Store $store");
        Emulator.ClearRequests();
        Outcome cleanup = Run("Invoke-PRCleanup -IdleFor 00:30 -Jitter 0");
        Assert.Equal(["StoreUnavailable"], cleanup.ErrorIds);
        Assert.Contains("Initialize-PRStore", cleanup.Errors[0].Exception.Message);
        Assert.Equal(["JournalUnavailable"], Run("New-PRInstance rtx_4090 pytorch -Confirm:$false").ErrorIds);
        Assert.Empty(Sent);
        Assert.False(System.IO.File.Exists(System.IO.Path.Combine(DataDirectory, "pulserun.db")));
    }

    [ServerFact]
    public void What_one_connection_protects_the_other_home_sees()
    {
        NewDatabase();
        Do("Initialize-PRStore -Store $store");
        StartEmulator(connect: "-Store $store");
        Do("Protect-PRInstance $ids[0] -Reason kept");
        WithDataDirectory(System.IO.Path.Combine(Folder, "other"), () =>
        {
            SetVariable("PULSERUN_STORE", PostgresCluster.Shared.Text("nosuch"));
            Assert.Equal("kept", Get<Protection>("Get-PRProtection").Reason);
            Assert.Equal(["InstanceProtected"], Run("Stop-PRInstance $ids[0]").ErrorIds);
        });
        Assert.False(System.IO.File.Exists(System.IO.Path.Combine(DataDirectory, "pulserun.db")));
        // Without the setting, this machine's file is used again.
        SetVariable("PULSERUN_STORE", null);
        Do("$emulator | Connect-PulseRun");
        Assert.Empty(GetAll<Protection>("Get-PRProtection"));
    }

    [ServerFact]
    public void A_saved_profile_chooses_the_store_and_the_environment_does_without_a_profile()
    {
        string text = NewDatabase();
        Do("Initialize-PRStore -Store $store");
        StartEmulator();
        Do("""
            $key = ConvertTo-SecureString $emulator.ApiKey -AsPlainText -Force
            Connect-PulseRun -ApiKey $key -BaseUri $emulator.BaseUri -Store $store -Save -Profile team -WarningAction SilentlyContinue
            Disconnect-PulseRun
            """);
        Assert.Equal(text, Get<Profile>("Get-PRProfile team").Store);
        Do("Connect-PulseRun -Profile team");
        Assert.Equal("PostgreSQL", Get<StoreInfo>("Get-PRStore").Kind);
        Do("Protect-PRInstance $ids[0]");
        Do("$emulator | Connect-PulseRun");
        Assert.Equal("SQLite", Get<StoreInfo>("Get-PRStore").Kind);
        SetVariable("PULSERUN_STORE", text);
        Assert.Equal("PostgreSQL", Get<StoreInfo>("Get-PRStore").Kind);
        Assert.Single(GetAll<Protection>("Get-PRProtection"));
    }

    [Fact]
    public void A_password_in_the_text_is_not_saved_and_not_repeated()
    {
        StartEmulator();
        Outcome saved = Run("Connect-PulseRun -ApiKey (ConvertTo-SecureString $emulator.ApiKey -AsPlainText -Force) -BaseUri $emulator.BaseUri -Save -Store 'Host=pg;Username=a;Password=canary-77'");
        Assert.Equal("InvalidRequest", saved.EndedId);
        Assert.DoesNotContain("canary-77", saved.Ended!.Exception.ToString());
        Assert.Empty(GetAll<Profile>("Get-PRProfile"));
    }

    [Theory]
    [InlineData("foo")]
    [InlineData("Database=x")]
    [InlineData("postgres://a:b@c/d")]
    public void A_text_that_is_no_store_is_refused(string text)
    {
        Shell.Set("text", text);
        Assert.Equal("InvalidRequest", Run("Connect-PulseRun -Emulator -Store $text").EndedId);
        Assert.Equal(["InvalidRequest"], Run("Initialize-PRStore -Store $text").AllErrorIds());
    }

    [Fact]
    public void Without_a_store_there_is_nothing_to_initialize() => Assert.Equal(["InvalidRequest"], Run("Initialize-PRStore").AllErrorIds());

    [Fact]
    public void A_server_that_is_not_there_is_StoreUnavailable() => Assert.Equal(["StoreUnavailable"], Run("Initialize-PRStore -Store 'Host=127.0.0.1;Port=1;Database=x;Username=y'").AllErrorIds());
}
