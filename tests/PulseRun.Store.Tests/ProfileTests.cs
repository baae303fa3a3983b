using System;
using System.IO;
using System.Linq;
using PulseRun.Contracts;
using PulseRun.Store;
using PulseRun.Store.Files;
using Xunit;

namespace PulseRun.Tests;

public sealed class ProfileTests : IDisposable
{
    private const string Key = "pr_test_canary0123456789é";

    private readonly TempFolder _folder = new();
    private readonly IProfiles _profiles;

    public ProfileTests() => _profiles = StoreFactory.Profiles(_folder.Data);

    private string FilePath => Path.Combine(_folder.Data, "profiles.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_GivesBackWhatWasSaved()
    {
        using var saved = new SavedProfile
        {
            Name = "Work",
            BaseUri = new Uri("https://staging.pulserun.dev/"),
            Key = Keys.Secure(Key),
            RequestsPerMinute = 120,
            Timeout = TimeSpan.FromSeconds(0.5),
            MaxWait = TimeSpan.FromSeconds(60),
            MaxFleetCostPerHour = 12.5m,
        };
        _profiles.Save(saved);

        using SavedProfile loaded = _profiles.Load("work")!;

        Assert.Equal(Key, Keys.Plain(loaded.Key));
        Assert.Equal(("Work", saved.BaseUri, 120, saved.Timeout, saved.MaxWait, 12.5m),
            (loaded.Name, loaded.BaseUri, loaded.RequestsPerMinute, loaded.Timeout, loaded.MaxWait, loaded.MaxFleetCostPerHour));
        Assert.Equal(Key, Keys.Plain(saved.Key));
    }

    [Fact]
    public void Load_WithoutAName_TakesTheDefaultOrTheOnlyOne()
    {
        Assert.Null(_profiles.Load(null));
        Save("work");
        Assert.Equal("work", _profiles.Load(null)!.Name);
        Save("home");
        PulseRunException e = Assert.Throws<PulseRunException>(() => _profiles.Load(null));
        Assert.Equal(ErrorIds.NotConnected, e.ErrorId);
        Assert.Contains("(home, work)", e.Message, StringComparison.Ordinal);
        Save("Default");
        Assert.Equal("Default", _profiles.Load(null)!.Name);
        Assert.Null(_profiles.Load("nobody"));
    }

    [Fact]
    public void Save_Again_ReplacesTheProfileOfThatName()
    {
        Save("work");
        Save("WORK", "pr_live_other");

        Assert.Equal(["WORK"], _profiles.Names());
        Assert.Equal("pr_live_other", Keys.Plain(_profiles.Load("work")!.Key));
    }

    [Fact]
    public void Remove_ForgetsOne()
    {
        Assert.False(_profiles.Remove("work"));
        Save("work");
        Save("home");

        Assert.True(_profiles.Remove("Work"));
        Assert.False(_profiles.Remove("work"));
        Assert.Equal(["home"], _profiles.Names());
    }

    [Fact]
    public void Save_LeavesNothingBesideTheFile()
    {
        Save("work");
        Save("home");

        Assert.Equal(["profiles.json", "profiles.json.lock"], Directory.GetFiles(_folder.Data).Select(Path.GetFileName).OrderBy(name => name, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("null")]
    [InlineData("{\"profiles\":[{\"name\":\"work\",\"baseUri\":\"nowhere\",\"key\":\"\",\"protection\":\"file-mode\"}]}")]
    [InlineData("{\"profiles\":[{\"name\":\"work\",\"baseUri\":\"https://a/\",\"key\":\"\",\"protection\":\"magic\"}]}")]
    public void Load_OfADamagedFile_SaysSo(string content)
    {
        Write(content);

        StoreUnavailableException e = Assert.Throws<StoreUnavailableException>(() => _profiles.Load("work"));

        Assert.Equal(StoreFailure.Corrupt, e.Reason);
    }

    [Fact]
    public void Save_IntoANewerFile_IsRefused()
    {
        Write("{\"version\":2}");

        Assert.Equal(StoreFailure.NewerVersion, Assert.Throws<StoreUnavailableException>(() => Save("work")).Reason);
        Assert.Equal("{\"version\":2}", File.ReadAllText(FilePath));
    }

    [Fact]
    public void Save_WhereNothingCanBeWritten_SaysSo()
    {
        File.WriteAllText(_folder.Data, "not a folder");

        Assert.Equal(StoreFailure.Unwritable, Assert.Throws<StoreUnavailableException>(() => Save("work")).Reason);
    }

    [Fact]
    public void Paths_FollowTheOverrideAndThePlatform()
    {
        Assert.EndsWith("pulserun", StorePaths.Config(), StringComparison.OrdinalIgnoreCase);
        Assert.NotEqual(StorePaths.Config(), StorePaths.State());
        Environment.SetEnvironmentVariable(StorePaths.Override, _folder.Data);
        try
        {
            Assert.Equal((_folder.Data, _folder.Data), (StorePaths.Config(), StorePaths.State()));
        }
        finally
        {
            Environment.SetEnvironmentVariable(StorePaths.Override, null);
        }
    }

#if NET
    [UnixFact]
    public void Save_MakesFileAndFolderTheOwnersOnly()
    {
        Save("work");

        Assert.Equal("700", Modes.Of(_folder.Data));
        Assert.All(Directory.GetFiles(_folder.Data), file => Assert.Equal("600", Modes.Of(file)));
    }

    [UnixFact]
    public void Load_OfAFileThatOthersMayUse_IsRefused()
    {
        Save("work");
        foreach (string mode in new[] { "640", "604", "602", "660" })
        {
            Modes.Set(FilePath, mode);

            StoreUnavailableException e = Assert.Throws<StoreUnavailableException>(() => _profiles.Load("work"));

            Assert.Equal(StoreFailure.Insecure, e.Reason);
            Assert.Contains("chmod 600", e.Message, StringComparison.Ordinal);
            Assert.Throws<StoreUnavailableException>(() => Save("home"));
        }
    }
#endif

    private void Save(string name, string key = Key)
    {
        using var profile = new SavedProfile { Name = name, BaseUri = new Uri("https://api.pulserun.dev/"), Key = Keys.Secure(key) };
        _profiles.Save(profile);
    }

    private void Write(string content)
    {
        PrivateFiles.CreateDirectory(_folder.Data);
        using FileStream file = PrivateFiles.Open(FilePath, FileMode.CreateNew, FileShare.None);
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(content);
        file.Write(bytes, 0, bytes.Length);
    }
}
