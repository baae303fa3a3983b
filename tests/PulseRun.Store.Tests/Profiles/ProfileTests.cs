using System;
using System.IO;
using System.Linq;
using PulseRun.Core.Client;
using PulseRun.Core.Profiles;
using PulseRun.Store.Files;
using Xunit;

namespace PulseRun.Store.Tests.Profiles;

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

        Assert.Equal(Key, Keys.Plain(loaded.Key!));
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
        Assert.Null(_profiles.Load("missing"));
    }

    [Fact]
    public void Save_Again_ReplacesTheProfileOfThatName()
    {
        Save("work");
        Save("WORK", "pr_live_other");

        Assert.Equal(["WORK"], _profiles.Names());
        Assert.Equal("pr_live_other", Keys.Plain(_profiles.Load("work")!.Key!));
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
    [InlineData("{\"profiles\":[{\"name\":\"work\",\"baseUri\":\"https://a/\",\"key\":\"\",\"protection\":\"dpapi\"}]}")]
    [InlineData("{\"profiles\":[{\"name\":\"work\",\"baseUri\":\"https://a/\",\"key\":\"\",\"protection\":\"command\"}]}")]
    [InlineData("{\"profiles\":null}")]
    [InlineData("{\"profiles\":[null]}")]
    [InlineData("{\"profiles\":{}}")]
    [InlineData("{\"profiles\":[{}]}")]
    [InlineData("{\"version\":null}")]
    [InlineData("{\"profiles\":[{\"name\":null,\"baseUri\":\"https://a/\",\"key\":\"\",\"protection\":\"file-mode\"}]}")]
    [InlineData("{\"profiles\":[{\"name\":\"work\",\"baseUri\":null,\"key\":\"\",\"protection\":\"file-mode\"}]}")]
    [InlineData("{\"profiles\":[{\"name\":\"work\",\"baseUri\":\"https://a/\",\"key\":\"\",\"protection\":null}]}")]
    [InlineData("{\"profiles\":[{\"name\":\"wo\\u001brk\",\"baseUri\":\"https://a/\",\"key\":\"\",\"protection\":\"file-mode\"}]}")]
    [InlineData("{\"profiles\":[{\"name\":\"work\",\"baseUri\":\"https://a/\",\"key\":\"\",\"protection\":\"file-mode\",\"requestsPerMinute\":0}]}")]
    [InlineData("{\"profiles\":[{\"name\":\"work\",\"baseUri\":\"https://a/\",\"key\":\"\",\"protection\":\"file-mode\",\"timeoutSec\":5000000}]}")]
    [InlineData("{\"profiles\":[{\"name\":\"work\",\"baseUri\":\"https://a/\",\"key\":\"\",\"protection\":\"file-mode\",\"timeoutSec\":1e308}]}")]
    [InlineData("{\"profiles\":[{\"name\":\"work\",\"baseUri\":\"https://a/\",\"key\":\"\",\"protection\":\"file-mode\",\"maxWaitSec\":-1}]}")]
    [InlineData("{\"profiles\":[{\"name\":\"work\",\"baseUri\":\"https://a/\",\"key\":\"\",\"protection\":\"file-mode\",\"maxFleetCostPerHour\":7.9e28}]}")]
    [InlineData("{\"profiles\":[{\"name\":\"work\",\"baseUri\":\"https://a/\",\"key\":\"%%%\",\"protection\":\"file-mode\"}]}")]
    public void Load_OfADamagedFile_SaysSo(string content)
    {
        Write(content);

        StoreUnavailableException e = Assert.Throws<StoreUnavailableException>(() => _profiles.Load("work"));

        Assert.Equal(StoreFailure.Corrupt, e.Reason);
        Assert.True(e.InnerException is null);
    }

    [Fact]
    public void Load_OfAFileWithAMark_ReadsIt()
    {
        Save("work");
        string json = File.ReadAllText(FilePath);
        File.Delete(FilePath);
        Write("\uFEFF" + json);

        Assert.Equal(Key, Keys.Plain(_profiles.Load("work")!.Key!));
    }

    [Fact]
    public void Load_OfANullKey_GivesAnEmptyOne()
    {
        Write("{\"profiles\":[{\"name\":\"work\",\"baseUri\":\"https://a/\",\"key\":null,\"protection\":\"file-mode\"}]}");

        Assert.Equal("", Keys.Plain(_profiles.Load("work")!.Key!));
    }

    [Fact]
    public void Load_OfAHugeFile_SaysSo()
    {
        Write("{}");
        using (var file = new FileStream(FilePath, FileMode.Open))
            file.SetLength(3L << 30);

        Assert.Equal(StoreFailure.Corrupt, Assert.Throws<StoreUnavailableException>(() => _profiles.Load("work")).Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(" work")]
    [InlineData("wo\nrk")]
    [InlineData("wo\u001b[2Jrk")]
    [InlineData("wo\u202erk")]
    [InlineData("wo\0rk")]
    public void Save_UnderANameThatATerminalObeys_IsRefused(string name)
    {
        Assert.Equal(ErrorIds.InvalidRequest, Assert.Throws<PulseRunException>(() => Save(name)).ErrorId);
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void Change_KeepsTheRest()
    {
        Save("work");
        Profile changed = _profiles.Change("WORK", new ProfileChange { RequestsPerMinute = new(30), MaxFleetCostPerHour = new(2.5m), IdentityFile = new("/keys/id") })!;
        Assert.Equal((30, 2.5m, "/keys/id"), (changed.RequestsPerMinute, changed.MaxFleetCostPerHour, changed.IdentityFile));
        Profile again = _profiles.Change("work", new ProfileChange { RequestsPerMinute = new(null) })!;
        Assert.Equal((null, 2.5m, "/keys/id"), (again.RequestsPerMinute, again.MaxFleetCostPerHour, again.IdentityFile));
        Assert.Equal(Key, Keys.Plain(_profiles.Load("work")!.Key!));
        Assert.Null(_profiles.Change("missing", new ProfileChange()));
    }

    [Fact]
    public void Default_IsChosen_AndStaysWithItsProfile()
    {
        Save("work");
        Save("home");
        Save("default");
        Assert.Equal("default", _profiles.Load(null)!.Name);
        Assert.True(_profiles.Change("home", new ProfileChange { IsDefault = true })!.IsDefault);
        Assert.Equal("home", _profiles.Load(null)!.Name);
        Save("HOME");
        Assert.Equal("HOME", _profiles.Load(null)!.Name);
        Assert.Equal(["default", "HOME", "work"], _profiles.List().Select(profile => profile.Name));
        Assert.Equal(["HOME"], _profiles.List().Where(profile => profile.IsDefault).Select(profile => profile.Name));
        Assert.True(_profiles.Remove("home"));
        Assert.Equal("default", _profiles.Load(null)!.Name);
    }

    [Fact]
    public void AKeyCommand_IsSaved_AndNoKey()
    {
        using var profile = new SavedProfile { Name = "work", BaseUri = new Uri("https://api.pulserun.dev/"), KeyCommand = "Get-Secret pulserun" };
        Assert.Null(_profiles.Save(profile));

        using SavedProfile loaded = _profiles.Load("work")!;
        Assert.Null(loaded.Key);
        Assert.Equal("Get-Secret pulserun", loaded.KeyCommand);
        Assert.Equal("Command", Assert.Single(_profiles.List()).KeyStore);
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
    public void Load_OfAPipe_IsRefused_AndDoesNotWaitForItsOtherEnd()
    {
        PrivateFiles.CreateDirectory(_folder.Data);
        Modes.Run("mkfifo", "-m", "600", FilePath);
        Assert.Equal(StoreFailure.Unwritable, Assert.Throws<StoreUnavailableException>(() => _profiles.Load("work")).Reason);
    }

    [RootFact]
    public void Load_OfAFileOfAnotherUser_IsRefused()
    {
        Save("work");
        Modes.Run("chown", "65534", FilePath);
        Assert.Equal(StoreFailure.Insecure, Assert.Throws<StoreUnavailableException>(() => _profiles.Load("work")).Reason);
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
