using System.IO;
using Xunit;

namespace PulseRun.Store.Tests.Files;

public class SshFolderTests
{
    [Fact]
    public void SshFolder_IsMadeOnce()
    {
        using TempFolder temp = new();
        string path = StoreFactory.SshFolder(Path.Combine(temp.Root, "deep", "er"));
        Assert.Equal(Path.Combine(temp.Root, "deep", "er", "ssh"), path);
        File.WriteAllText(Path.Combine(path, "known_hosts"), "x");
        Assert.Equal(path, StoreFactory.SshFolder(Path.Combine(temp.Root, "deep", "er")));
        Assert.True(File.Exists(Path.Combine(path, "known_hosts")));
    }

    [Fact]
    public void SshFolder_WhereAFileIs_IsUnavailable()
    {
        using TempFolder temp = new();
        string file = Path.Combine(temp.Root, "file");
        File.WriteAllText(file, "x");
        var error = Assert.Throws<StoreUnavailableException>(() => StoreFactory.SshFolder(file));
        Assert.Contains(file, error.Message, System.StringComparison.Ordinal);
    }

#if NET
    [UnixFact]
    public void SshFolder_IsItsOwnersAlone()
    {
        using TempFolder temp = new();
        Assert.Equal("700", Modes.Of(StoreFactory.SshFolder(temp.Root)));
    }
#endif
}
