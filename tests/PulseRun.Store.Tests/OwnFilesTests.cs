#if NET
using System;
using System.IO;
using PulseRun.Core.Profiles;
using PulseRun.Core.Store;
using PulseRun.Store.Files;
using Xunit;

namespace PulseRun.Store.Tests;

/// <summary>Tests that the data folder and the files in it are rejected when another user controls them.</summary>
public sealed class OwnFilesTests : IDisposable
{
    private const string OtherUser = "65534";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public void MissingParents_AreMadeForTheOwnerAlone_OneByOne()
    {
        string deep = Path.Combine(_folder.Root, "a", "b", "c");
        StoreFactory.SshFolder(deep);
        foreach (string path in new[] { "a", "a/b", "a/b/c", "a/b/c/ssh" })
            Assert.Equal("700", Modes.Of(Path.Combine(_folder.Root, path)));
        Assert.NotEqual("700", Modes.Of(_folder.Root));
    }

    [UnixFact]
    public void AFolderThatOthersMayWrite_IsRefused_ByAll()
    {
        foreach (string mode in new[] { "777", "770", "702", "1777" })
        {
            Directory.CreateDirectory(_folder.Data);
            Modes.Set(_folder.Data, mode);
            AllRefuse("go-w");
            Assert.Equal(mode, Modes.Of(_folder.Data));
            Assert.Empty(Directory.GetFileSystemEntries(_folder.Data));
        }
        Modes.Set(_folder.Data, "755");
        AllAccept();
    }

    [RootFact]
    public void AFolderOfAnotherUser_IsRefused_ByAll()
    {
        Directory.CreateDirectory(_folder.Data);
        Modes.Run("chown", OtherUser, _folder.Data);
        AllRefuse("another user");
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Data));
    }

    [RootFact]
    public void AFolderOfAnotherUser_BehindALink_IsRefused()
    {
        string real = Path.Combine(_folder.Root, "real");
        Directory.CreateDirectory(real);
        Directory.CreateSymbolicLink(_folder.Data, real);
        AllAccept();
        Modes.Run("chown", OtherUser, real);
        AllRefuse("another user");
    }

    [RootFact]
    public void ALinkOfAnotherUser_IsRefused()
    {
        string real = Path.Combine(_folder.Root, "real");
        Directory.CreateDirectory(real);
        Directory.CreateSymbolicLink(_folder.Data, real);
        Modes.Run("chown", "-h", OtherUser, _folder.Data);
        AllRefuse("link");
    }

    [UnixFact]
    public void AnSshFolderThatOthersMayWrite_IsRefused()
    {
        string path = StoreFactory.SshFolder(_folder.Data);
        Modes.Set(path, "777");
        Assert.Equal(StoreFailure.Insecure, Assert.Throws<StoreUnavailableException>(() => StoreFactory.SshFolder(_folder.Data)).Reason);
    }

    [UnixFact]
    public void KnownHosts_ThatOthersMayWrite_AreRefused()
    {
        string file = Path.Combine(StoreFactory.SshFolder(_folder.Data), "known_hosts");
        File.WriteAllText(file, "x");
        Modes.Set(file, "644");
        StoreFactory.SshFolder(_folder.Data);
        Modes.Set(file, "664");
        Assert.Contains(file, Assert.Throws<StoreUnavailableException>(() => StoreFactory.SshFolder(_folder.Data)).Message, StringComparison.Ordinal);
    }

    [RootFact]
    public void KnownHosts_OfAnotherUser_AreRefused()
    {
        string file = Path.Combine(StoreFactory.SshFolder(_folder.Data), "known_hosts");
        File.WriteAllText(file, "x");
        Modes.Run("chown", OtherUser, file);
        Assert.Equal(StoreFailure.Insecure, Assert.Throws<StoreUnavailableException>(() => StoreFactory.SshFolder(_folder.Data)).Reason);
    }

    [UnixFact]
    public void KnownHosts_ThatAreAPipe_AreRefused()
    {
        Modes.Run("mkfifo", Path.Combine(StoreFactory.SshFolder(_folder.Data), "known_hosts"));
        Assert.Equal(StoreFailure.Unwritable, Assert.Throws<StoreUnavailableException>(() => StoreFactory.SshFolder(_folder.Data)).Reason);
    }

    [RootFact]
    public void ADatabaseOfAnotherUser_IsRefused()
    {
        using (IStore store = _folder.Open())
            store.Notes.Protect(TempFolder.Scope, "inst_a", null, null, TempFolder.Noon);
        Modes.Run("chown", OtherUser, _folder.File);
        using IStore again = _folder.Open();
        Assert.Equal(StoreFailure.Insecure, Assert.Throws<StoreUnavailableException>(() => again.Notes.Protections(TempFolder.Noon)).Reason);
    }

    [UnixFact]
    public void ADatabaseThatIsAPipe_IsRefused() => AssertPipeIsRefused("");

    [UnixFact]
    public void ADatabaseWhoseLogIsAPipe_IsRefused() => AssertPipeIsRefused("-wal");

    [UnixFact]
    public void ADatabaseWhoseLockIsAPipe_IsRefused() => AssertPipeIsRefused(".lock");

    private void AssertPipeIsRefused(string part)
    {
        PrivateFiles.CreateDirectory(_folder.Data);
        Modes.Run("mkfifo", _folder.File + part);
        using IStore store = _folder.Open();
        Assert.Equal(StoreFailure.Unwritable, Assert.Throws<StoreUnavailableException>(() => store.Notes.Protections(TempFolder.Noon)).Reason);
    }

    [UnixFact]
    public void NothingIsChmoddedThroughALink()
    {
        string real = Path.Combine(_folder.Root, "real.db");
        File.WriteAllText(real, "");
        Modes.Set(real, "644");
        PrivateFiles.CreateDirectory(_folder.Data);
        File.CreateSymbolicLink(_folder.File, real);
        using IStore store = _folder.Open();
        _ = store.Notes.Protections(TempFolder.Noon);
        Assert.Equal("644", Modes.Of(real));
    }

    [UnixFact]
    public void OldLogsOfDeadProcesses_AreRemoved()
    {
        string ssh = StoreFactory.SshFolder(_folder.Data);
        string Log(string name, int hours)
        {
            string path = Path.Combine(ssh, name);
            File.WriteAllText(path, "x");
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-hours));
            return path;
        }
        string fresh = Log("log-999999999-a", 1), dead = Log("log-999999999-b", 48), older = Log("log-0123456789abcdef", 48);
        string ours = StoreFactory.NewSshLog(ssh);
        File.WriteAllText(ours, "x");
        File.SetLastWriteTimeUtc(ours, DateTime.UtcNow.AddDays(-3));

        StoreFactory.SshFolder(_folder.Data);

        Assert.True(File.Exists(fresh));
        Assert.True(File.Exists(ours));
        Assert.False(File.Exists(dead));
        Assert.False(File.Exists(older));
    }

    private void AllAccept()
    {
        StoreFactory.SshFolder(_folder.Data);
        Assert.Empty(StoreFactory.Profiles(_folder.Data).Names());
        using IStore store = _folder.Open();
        Assert.Empty(store.Notes.Protections(TempFolder.Noon));
    }

    private void AllRefuse(string why)
    {
        IProfiles profiles = StoreFactory.Profiles(_folder.Data);
        using IStore store = _folder.Open();
        using var profile = new SavedProfile { Name = "work", BaseUri = new Uri("https://api.pulserun.dev/"), Key = Keys.Secure("pr_test_x") };
        foreach (Action use in new Action[]
        {
            () => StoreFactory.SshFolder(_folder.Data),
            () => profiles.Names(),
            () => profiles.Save(profile),
            () => store.Notes.Protections(TempFolder.Noon),
        })
        {
            StoreUnavailableException error = Assert.Throws<StoreUnavailableException>(use);
            Assert.Equal(StoreFailure.Insecure, error.Reason);
            Assert.Contains(why, error.Message, StringComparison.Ordinal);
            Assert.Contains("PULSERUN_DATA_DIR", error.Message, StringComparison.Ordinal);
        }
    }
}
#endif
