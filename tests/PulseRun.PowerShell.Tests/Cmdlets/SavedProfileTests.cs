using System;
using System.IO;
using System.Text;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests Connect-PulseRun -Save and -Profile.</summary>
public class SavedProfileTests : CmdletTests
{
    /// <summary>Saves the emulator's key. The warning that it is saved unencrypted is not shown.</summary>
    private const string Save = "Connect-PulseRun -ApiKey $key -BaseUri $base -Save -WarningAction SilentlyContinue ";

    public SavedProfileTests()
    {
        StartEmulator();
        Shell.Set("base", "http://127.0.0.1:" + Emulator.Port);
        Do("Disconnect-PulseRun; $key = ConvertTo-SecureString $emulator.ApiKey -AsPlainText -Force");
    }

    private string ProfileFile => Path.Combine(DataDirectory, "profiles.json");

    private int CountInstances() => GetAll<Instance>("Get-PRInstance").Length;

    [Fact]
    public void A_key_command_is_saved_as_text_without_a_key()
    {
        string vault = Path.Combine(Folder, "vault");
        Do("Connect-PulseRun -KeyCommand ([scriptblock]::Create(\"Get-Content '$folder/vault'\")) -BaseUri $base -Save -Profile vault");
        File.WriteAllText(vault, Emulator.ApiKey);
        Assert.Equal(6, CountInstances());
        string file = File.ReadAllText(ProfileFile);
        Assert.Contains("Get-Content", file);
        Assert.DoesNotContain(Emulator.ApiKey, file);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(Emulator.ApiKey)), file);
        Do("Disconnect-PulseRun");
        Assert.Equal("Command", Get<Profile>("Get-PRProfile vault").KeyStore);
        Assert.Equal(6, CountInstances());
    }

    [Fact]
    public void Profiles_are_found_by_name()
    {
        Do(Save + """
            -Profile one
            $other = Start-PREmulator -RequestsPerMinute 0 -Seed 2 -Instances 2
            Connect-PulseRun -ApiKey (ConvertTo-SecureString $other.ApiKey -AsPlainText -Force) -BaseUri $other.BaseUri -Save -Profile two -WarningAction SilentlyContinue
            Connect-PulseRun -Profile one
            """);
        Assert.Equal(6, CountInstances());
        Do("Connect-PulseRun -Profile two");
        Assert.Equal(2, CountInstances());
        Assert.Equal("two", Get<Context>("Get-PRContext").Profile);
    }

    [Fact]
    public void The_environment_precedes_the_default_profile_but_not_a_named_one()
    {
        Do(Save + "; " + Save + "-Profile mine; Disconnect-PulseRun");
        SetVariable("PULSERUN_API_KEY", "pr_live_wrongwrongwrong");
        SetVariable("PULSERUN_BASE_URI", Emulator.BaseUri.ToString());
        Assert.Equal("Environment", Get<Context>("Get-PRContext").Source);
        Assert.Equal("Profile", Get<Context>("Connect-PulseRun -Profile mine -PassThru").Source);
    }

    [Fact]
    public void A_name_that_is_not_saved_is_an_error_that_lists_the_saved_ones()
    {
        Outcome done = Run("Connect-PulseRun -Profile nosuch");
        Assert.Equal("NotConnected", done.EndedId);
        Assert.Contains("nosuch", done.Ended!.ToString());
        Do(Save + "-Profile work");
        AssertLike("*The saved profiles are: work.", Run("Connect-PulseRun -Profile wrok").Ended!.ToString());
    }

    [Fact]
    public void A_name_with_control_characters_is_rejected() => Assert.Equal("InvalidRequest", Run(Save + "-Profile \"a`e[2Jb\"").EndedId);

    [Fact]
    public void Saving_replaces_a_profile_of_the_same_name()
    {
        Do("Connect-PulseRun -ApiKey (ConvertTo-SecureString pr_live_old_old_old_old -AsPlainText -Force) -BaseUri $base -Save -WarningAction SilentlyContinue; " + Save + "; Disconnect-PulseRun");
        Assert.Equal(6, CountInstances());
        Assert.DoesNotContain("old_old", File.ReadAllText(ProfileFile));
    }

    [Fact]
    public void A_saved_key_is_never_sent_unencrypted_even_if_the_file_was_edited()
    {
        Do("Connect-PulseRun -ApiKey $key -BaseUri https://api.pulserun.dev -Save -WarningAction SilentlyContinue; Disconnect-PulseRun");
        File.WriteAllText(ProfileFile, File.ReadAllText(ProfileFile).Replace("https://", "http://", StringComparison.Ordinal));
        Assert.Equal("InsecureEndpoint", Run("Get-PRInstance").EndedId);
    }

    [Fact]
    public void A_damaged_file_is_named_in_the_error()
    {
        Do(Save + "; Disconnect-PulseRun");
        File.WriteAllText(ProfileFile, "{ not json");
        Outcome done = Run("Get-PRInstance");
        Assert.Equal("NotConnected", done.EndedId);
        Assert.Contains("profiles.json", done.Ended!.ToString());
    }

    [Theory]
    [InlineData("a file that other users can read")]
    [InlineData("a folder that other users can write to")]
    public void What_other_users_can_access_is_rejected(string what)
    {
        // Windows protects the file by its access control list (WindowsAccessTests of the store).
        if (OperatingSystem.IsWindows())
            return;
        Do(Save + "; Disconnect-PulseRun");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ProfileFile));
        if (what.StartsWith("a file", StringComparison.Ordinal))
            File.SetUnixFileMode(ProfileFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        else
            File.SetUnixFileMode(DataDirectory, (UnixFileMode)0b111_111_111);
        Assert.Equal("NotConnected", Run("Get-PRInstance").EndedId);
    }
}
