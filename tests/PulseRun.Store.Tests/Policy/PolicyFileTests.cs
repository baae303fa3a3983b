using System;
using System.Collections.Generic;
using System.IO;
using PulseRun.Core.Policy;
using PulseRun.Store.Files;
using PulseRun.Store.Policy;
using Xunit;

namespace PulseRun.Store.Tests.Policy;

public sealed class PolicyFileTests : IDisposable
{
    private const string Everyone = "S-1-1-0", Users = "S-1-5-32-545", Administrators = "S-1-5-32-544", System = "S-1-5-18", Person = "S-1-5-21-1-2-3-1001";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "pulserun-policy-" + Guid.NewGuid().ToString("N"));

    public PolicyFileTests()
    {
        PrivateFiles.CreateDirectory(_folder);
        Place = new PolicyPlace(Path.Combine(_folder, "policy.json")) { TrustedOwner = UnixEntry.User };
    }

    private PolicyPlace Place { get; set; }

    private void Write(string json) => File.WriteAllText(Place.Path, json);

    private PulseRunException Refusal()
    {
        var error = Assert.Throws<PulseRunException>(() => PolicyFile.Read(Place));
        Assert.Equal(ErrorIds.PolicyViolation, error.ErrorId);
        Assert.Contains(Place.Path, error.Message, StringComparison.Ordinal);
        return error;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_machine_without_a_file_or_its_folder_has_no_policy()
    {
        Assert.Null(PolicyFile.Read(Place));
        Assert.Null(PolicyFile.Read(new PolicyPlace(Path.Combine(_folder, "none", "policy.json"))));
    }

    [Fact]
    public void The_file_of_the_documentation_is_read()
    {
        Write("""
            { "RequireLifetime": true, "MaxLifetime": "2.00:00:00", "RequireTag": ["owner"], "MaxHourlyCost": 4.0,
              "AllowedGpu": ["rtx_*"], "AllowedProvider": ["vast_ai"], "MinIdleFor": "00:20:00", "ProtectedTag": "keep=true" }
            """);
        PulseRun.Policy policy = PolicyFile.Read(Place)!;
        Assert.Equal(Place.Path, policy.Path);
        Assert.Equal(TimeSpan.FromDays(2), policy.MaxLifetime);
        Assert.Equal(4m, policy.MaxHourlyCost);
        Assert.Equal(["rtx_*"], policy.AllowedGpu);
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("[]", "line 1")]
    [InlineData("null", "line 1")]
    [InlineData("{\n  \"RequireLifetime\": true,\n  \"MaxLifetme\": \"1.00:00:00\"\n}", "line 3")]
    [InlineData("{\n  \"MaxHourlyCost\": 4,\n  \"AllowedGpu\": [ \"a\", 5 ]\n}", "line 3")]
    [InlineData("{\n  \"MaxHourlyCost\": { \"x\": [1] },\n  \"AllowedGpu\": [ \"a\" ]\n}", "line 2")]
    [InlineData("{\n  \"MaxHourlyCost\": 1e400\n}", "line 2")]
    [InlineData("{\n  \"MaxHourlyCost\": 4,\n\n", "line ")]
    [InlineData("{ \"MaxHourlyCost\": 4 }\n{ }", "line 2")]
    [InlineData("{ \"MaxHourlyCost\": 4, }", "line 1")]
    [InlineData("{ \"MaxHourlyCost\": 4 // four\n }", "line 1")]
    public void A_file_with_an_error_is_refused_and_the_place_is_named(string json, string place)
    {
        Write(json);
        Assert.Contains(place, Refusal().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_is_accepted()
    {
        File.WriteAllText(Place.Path, "{ \"RequireLifetime\": true }", new global::System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.True(PolicyFile.Read(Place)!.RequireLifetime);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_and_a_large_file_are_refused()
    {
        File.WriteAllBytes(Place.Path, [.. "{ \"AllowedGpu\": \""u8, 0xFF, 0xFE, .. "\" }"u8]);
        Refusal();
        Write("{ \"AllowedGpu\": \"" + new string('a', 70_000) + "\" }");
        Assert.Contains("64 KB", Refusal().Message, StringComparison.Ordinal);
    }

#if NET
    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_or_folder_that_others_may_write_is_refused(UnixFileMode extra)
    {
        if (OperatingSystem.IsWindows())
            return;
        Write("{ }");
        Assert.NotNull(PolicyFile.Read(Place));
        File.SetUnixFileMode(Place.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | extra);
        Assert.Contains("write to the file", Refusal().Message, StringComparison.Ordinal);
        File.SetUnixFileMode(Place.Path, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Assert.NotNull(PolicyFile.Read(Place));
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | extra);
        Assert.Contains("write to the folder", Refusal().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_a_user_is_refused_unless_a_test_trusts_the_user()
    {
        if (OperatingSystem.IsWindows() || UnixEntry.User == 0)
            return;
        Write("{ }");
        Place = Place with { TrustedOwner = null };
        Assert.Contains("does not belong to root", Refusal().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_a_folder_and_a_pipe_are_refused()
    {
        if (OperatingSystem.IsWindows())
            return;
        string real = Path.Combine(_folder, "real.json");
        File.WriteAllText(real, "{ }");
        File.CreateSymbolicLink(Place.Path, real);
        Assert.Contains("it is a link", Refusal().Message, StringComparison.Ordinal);
        File.Delete(Place.Path);
        Directory.CreateDirectory(Place.Path);
        Assert.Contains("not a regular file", Refusal().Message, StringComparison.Ordinal);
        Directory.Delete(Place.Path);
        using (var make = global::System.Diagnostics.Process.Start("mkfifo", Place.Path))
            make.WaitForExit();
        Assert.Contains("not a regular file", Refusal().Message, StringComparison.Ordinal);
        File.Delete(Place.Path);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "linked"), _folder);
        Place = Place with { Path = Path.Combine(_folder, "linked", "policy.json") };
        Assert.Contains("folder is a link", Refusal().Message, StringComparison.Ordinal);
    }
#endif

    [Theory]
    [InlineData(Administrators, Users, 0x1200A9, false)]
    [InlineData(System, Person, 0x120089, false)]
    [InlineData(Person, Users, 0x1200A9, true)]
    [InlineData(Administrators, Users, 0x2, true)]
    [InlineData(Administrators, Everyone, 0x4, true)]
    [InlineData(Administrators, Person, 0x10000, true)]
    [InlineData(Administrators, Person, 0x40000, true)]
    [InlineData(Administrators, Person, 0x80000, true)]
    [InlineData(Administrators, Person, 0x40, true)]
    [InlineData(Administrators, Person, 0x10000000, true)]
    [InlineData(Administrators, Person, 0x40000000, true)]
    [InlineData(Administrators, Person, unchecked((int)0x80000000), false)]
    [InlineData(Administrators, "S-1-3-0", 0x1F01FF, false)]
    [InlineData(Administrators, Administrators, 0x1F01FF, false)]
    public void On_Windows_only_administrators_may_write(string owner, string sid, int rights, bool others) =>
        Assert.Equal(others, WindowsAccess.OthersMayWrite(owner, [new KeyValuePair<string, int>(sid, rights)]));
}
