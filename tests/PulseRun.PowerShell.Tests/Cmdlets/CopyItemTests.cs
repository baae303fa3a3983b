using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class CopyItemTests : SshTests
{
    private static readonly string s_long = new('n', 120);

    [SshdFact]
    public void A_folder_returns_as_it_was()
    {
        StartSsh();
        string source = MakeFolder("src");
        CopyResult up = Get<CopyResult>("Copy-PRItem $folder/src work -ToInstance $one -Recurse");
        Assert.Equal(Describe(source), Describe(Home(One, "work")));
        Assert.Equal((One, "work", 7L, 64), (up.Id, up.Destination, up.Files, up.Sha256!.Length));
        Assert.Equal(100_014, up.Bytes);
        CopyResult down = Get<CopyResult>("Copy-PRItem work $folder/back -FromInstance $one -Recurse");
        string[] expected = [.. Describe(source).Where(static line => !line.Contains("/etc/passwd", StringComparison.Ordinal))];
        Assert.Equal(expected, Describe(Path.Combine(Folder, "back")));
        Assert.Equal(7, down.Files);
        Assert.Empty(Leftovers());
        Assert.Empty(Sent);
    }

    [SshdFact]
    public void A_link_that_leads_out_is_kept_there_and_named_here()
    {
        StartSsh();
        MakeFolder("src");
        Do("$null = Copy-PRItem $folder/src work -ToInstance $one -Recurse");
        Assert.Equal("/etc/passwd", new FileInfo(Home(One, "work/out")).LinkTarget);
        Outcome done = Do("Copy-PRItem work $folder/back -FromInstance $one -Recurse");
        AssertLike("*'out'*", Assert.Single(done.Warnings));
        Assert.Null(new FileInfo(Path.Combine(Folder, "back/out")).LinkTarget);
    }

    [SshdFact]
    public void It_copies_to_many_at_once_in_their_order()
    {
        StartSsh();
        File.WriteAllText(Path.Combine(Folder, "file"), "hello");
        CopyResult[] results = GetAll<CopyResult>("$running | Copy-PRItem $folder/file '~/in/'");
        Assert.Equal(Running.Select(static one => one.Id), results.Select(static one => one.Id));
        Assert.All(Running, one => Assert.Equal("hello", File.ReadAllText(Home(one.Id, "in/file"))));
        CopyResult[] back = GetAll<CopyResult>("Copy-PRItem in/file \"$folder/back-{Id}\" -FromInstance $running");
        Assert.Equal(Running.Select(one => Path.Combine(Folder, "back-" + one.Id)), back.Select(static one => one.Destination));
        Assert.Equal(["InvalidRequest"], Run("Copy-PRItem in/file $folder/same -FromInstance $running[0, 1]").ErrorIds);
    }

    [SshdFact]
    public void Ids_and_rows_name_instances_too()
    {
        StartSsh();
        File.WriteAllText(Path.Combine(Folder, "file"), "hello");
        Assert.Equal(One, Get<CopyResult>("Copy-PRItem $folder/file a -ToInstance $one.Id").Id);
        Assert.Equal(["GET /v1/instances/" + One], Sent);
        Assert.Equal(One, Get<CopyResult>("[pscustomobject]@{ InstanceId = $one.Id } | Copy-PRItem $folder/file b").Id);
        Outcome done = Run("'inst_none', $one | Copy-PRItem $folder/file c");
        Assert.Equal(["InstanceNotFound"], done.ErrorIds);
        Assert.Equal(One, Assert.Single(done.As<CopyResult>()).Id);
    }

    [SshdFact]
    public void What_exists_is_replaced_only_with_force()
    {
        StartSsh();
        File.WriteAllText(Path.Combine(Folder, "file"), "new");
        File.WriteAllText(Home(One, "file"), "old");
        Assert.Equal(["Conflict"], Run("Copy-PRItem $folder/file file -ToInstance $one").ErrorIds);
        Assert.Equal("old", File.ReadAllText(Home(One, "file")));
        Do("$null = Copy-PRItem $folder/file file -ToInstance $one -Force");
        Assert.Equal("new", File.ReadAllText(Home(One, "file")));
        File.WriteAllText(Path.Combine(Folder, "file"), "local");
        Assert.Equal(["Conflict"], Run("Copy-PRItem file $folder/file -FromInstance $one").ErrorIds);
        Assert.Equal("local", File.ReadAllText(Path.Combine(Folder, "file")));
        Do("$null = Copy-PRItem file $folder/file -FromInstance $one -Force");
        Assert.Equal("new", File.ReadAllText(Path.Combine(Folder, "file")));
        Assert.Empty(Leftovers());
    }

    [SshdFact]
    public void Force_merges_folders_and_follows_no_local_link()
    {
        StartSsh();
        Directory.CreateDirectory(Home(One, "work/sub"));
        File.WriteAllText(Home(One, "work/sub/new"), "new");
        string target = Directory.CreateDirectory(Path.Combine(Folder, "back")).FullName, elsewhere = Directory.CreateDirectory(Path.Combine(Folder, "elsewhere")).FullName;
        File.WriteAllText(Path.Combine(target, "kept"), "kept");
        Do("$null = Copy-PRItem work/sub $folder/back/ -FromInstance $one -Recurse -Force");
        Assert.Equal(["kept", "sub"], Directory.GetFileSystemEntries(target).Select(Path.GetFileName).Order());
        Directory.Delete(Path.Combine(target, "sub"), recursive: true);
        File.CreateSymbolicLink(Path.Combine(target, "sub"), elsewhere);
        Assert.Equal(["Conflict"], Run("Copy-PRItem work/sub $folder/back/ -FromInstance $one -Recurse -Force").ErrorIds);
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
    }

    [SshdFact]
    public void Update_copies_what_is_newer_or_has_another_size()
    {
        StartSsh();
        string source = MakeFolder("src");
        Do("$null = Copy-PRItem $folder/src work -ToInstance $one -Recurse");
        // The destination exists, so the copy of the folder is work/src in it, as Copy-Item does it. A slash of the source's parent keeps the names equal.
        Do("$null = Copy-PRItem work $folder/down/ -FromInstance $one -Recurse");
        File.WriteAllText(Path.Combine(source, "empty"), "not any more");
        Directory.Move(source, Path.Combine(Folder, "work"));
        CopyResult up = Get<CopyResult>("Copy-PRItem $folder/work '~' -ToInstance $one -Recurse -Update");
        Assert.Equal((1L, 12L, 6L), (up.Files, up.Bytes, up.Unchanged));
        Assert.Equal("not any more", File.ReadAllText(Home(One, "work/empty")));
        CopyResult down = Get<CopyResult>("Copy-PRItem work $folder/down/ -FromInstance $one -Recurse -Update");
        Assert.Equal((1L, 12L, 6L), (down.Files, down.Bytes, down.Unchanged));
        CopyResult again = Get<CopyResult>("Copy-PRItem $folder/work '~' -ToInstance $one -Recurse -Update");
        Assert.Equal((0L, 7L, null), (again.Files, again.Unchanged, again.Sha256));
        Assert.Empty(Leftovers());
    }

    [SshdFact]
    public void Excluded_names_stay_where_they_are()
    {
        StartSsh();
        MakeFolder("src");
        Do("$null = Copy-PRItem $folder/src work -ToInstance $one -Recurse -Exclude BIG, 'a b'");
        Assert.False(File.Exists(Home(One, "work/sub/big")));
        Assert.False(Directory.Exists(Home(One, "work/a b")));
        Assert.True(File.Exists(Home(One, "work/empty")));
        Do("$null = Copy-PRItem work $folder/back -FromInstance $one -Recurse -Exclude 'sub/*', e*");
        Assert.False(File.Exists(Path.Combine(Folder, "back/empty")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(Folder, "back/sub")));
    }

    [SshdFact]
    public void A_broken_connection_leaves_nothing_under_the_final_name()
    {
        StartSsh();
        File.WriteAllBytes(Path.Combine(Folder, "big"), new byte[5_000_000]);
        // A pipe holds 64 KB, so the upload waits for this program.
        Fake("tar", "[ \"$1\" = -x ] || exec /bin/tar \"$@\"; " + Wait + "; cat >/dev/null; exit 2");
        using (RunningScript up = Start($"Copy-PRItem '{Folder}/big' big -ToInstance {One} -Confirm:$false"))
        {
            WaitUntil(() => File.Exists(Home(One, "started")));
            Emulator.CutSsh(One);
            File.WriteAllText(Home(One, "go"), "");
            up.Wait();
            Assert.Equal("SshFailed", Outcome.IdOf(Assert.Single(up.Errors)));
        }
        WaitUntil(() => Directory.GetDirectories(Home(One), ".pulserun-*").Length == 0);
        Assert.False(File.Exists(Home(One, "big")));
        File.Move(Path.Combine(Folder, "big"), Home(One, "big"));
        File.Delete(Home(One, "started"));
        File.Delete(Home(One, "go"));
        Fake("tar", "/bin/tar \"$@\"; " + Wait);
        using RunningScript down = Start($"Copy-PRItem big '{Folder}/big' -FromInstance {One} -Confirm:$false");
        WaitUntil(() => Leftovers().Length > 0 && File.Exists(Home(One, "started")));
        Emulator.CutSsh(One);
        File.WriteAllText(Home(One, "go"), "");
        down.Wait();
        Assert.Equal("SshFailed", Outcome.IdOf(Assert.Single(down.Errors)));
        Assert.Empty(Leftovers());
        Assert.False(File.Exists(Path.Combine(Folder, "big")));
    }

    [SshdFact]
    public void An_interrupted_update_continues()
    {
        StartSsh();
        string source = Directory.CreateDirectory(Path.Combine(Folder, "many")).FullName;
        for (int i = 0; i < 8; i++)
            File.WriteAllBytes(Path.Combine(source, "file" + i), RandomNumberGenerator.GetBytes(1_000_000));
        // Three files and a half arrive, and then the instance waits. A pipe holds 64 KB, so the upload waits too.
        Fake("tar", "[ \"$1\" = -x ] && [ ! -f ~/go ] || exec /bin/tar \"$@\"; head -c 3600000 | /bin/tar \"$@\"; " + Wait + "; exit 2");
        using (RunningScript up = Start($"Copy-PRItem '{source}' many -ToInstance {One} -Recurse -Update -Confirm:$false"))
        {
            WaitUntil(() => File.Exists(Home(One, "started")));
            Emulator.CutSsh(One);
            File.WriteAllText(Home(One, "go"), "");
            up.Wait();
            Assert.Equal("SshFailed", Outcome.IdOf(Assert.Single(up.Errors)));
        }
        Assert.False(Directory.Exists(Home(One, "many")));
        CopyResult second = Get<CopyResult>("Copy-PRItem $folder/many many -ToInstance $one -Recurse -Update");
        Assert.InRange(second.Unchanged, 1, 7);
        Assert.Equal(8, second.Files + second.Unchanged);
        Assert.Equal(Describe(source), Describe(Home(One, "many")));
        Assert.Empty(Directory.GetDirectories(Home(One), ".pulserun-*"));
    }

    [SshdFact]
    public void A_hostile_tar_of_the_instance_writes_nothing_outside()
    {
        StartSsh();
        string outside = Path.Combine(Folder, "outside");
        File.WriteAllBytes(Home(One, "evil"), new TarBuilder().Add("./", '5').Add("a", '2', link: Folder).Add("../../outside", content: "x").End().ToArray());
        Fake("tar", "cat ~/evil");
        Directory.CreateDirectory(Home(One, "work"));
        Assert.Equal(["UnsafeArchive"], Run("Copy-PRItem work $folder/back -FromInstance $one -Recurse").ErrorIds);
        Assert.False(File.Exists(outside));
        Assert.False(Directory.Exists(Path.Combine(Folder, "back")));
        Assert.Empty(Leftovers());
        // An honest archive with another hash than the instance reports.
        File.Delete(Home(One, "bin/tar"));
        Fake("openssl", "cat >/dev/null; echo 0000000000000000000000000000000000000000000000000000000000000000 -");
        Assert.Equal(["CopyFailed"], Run("Copy-PRItem work $folder/back -FromInstance $one -Recurse").ErrorIds);
        Assert.False(Directory.Exists(Path.Combine(Folder, "back")));
        File.WriteAllText(Path.Combine(Folder, "file"), "hello");
        Assert.Equal(["CopyFailed"], Run("Copy-PRItem $folder/file file -ToInstance $one").ErrorIds);
        Assert.False(File.Exists(Home(One, "file")));
        Assert.Empty(Directory.GetDirectories(Home(One), ".pulserun-*"));
    }

    [SshdFact]
    public void What_is_missing_or_wrong_is_named()
    {
        StartSsh();
        File.WriteAllText(Path.Combine(Folder, "file"), "hello");
        Directory.CreateDirectory(Home(One, "work"));
        Assert.Equal("InvalidRequest", Run("Copy-PRItem $folder/none x -ToInstance $one").EndedId);
        Assert.Equal("InvalidRequest", Run("Copy-PRItem $folder x -ToInstance $one").EndedId);
        Outcome none = Run("Copy-PRItem none $folder/x -FromInstance $one");
        Assert.Equal(["CopyFailed"], none.ErrorIds);
        AssertLike("*does not exist*", none.Errors[0].ToString());
        AssertLike("*-Recurse*", Run("Copy-PRItem work $folder/x -FromInstance $one").Errors[0].ToString());
        Assert.Equal(["CopyFailed"], Run("Copy-PRItem $folder/file file/below -ToInstance $one; Copy-PRItem work /proc/none/x -FromInstance $one -Recurse").ErrorIds.Distinct());
        // All programs but tar.
        Directory.CreateDirectory(Home(One, "tools"));
        foreach (string tool in new[] { "sh", "cat", "mkdir", "rm", "grep", "mktemp", "mkfifo", "tee", "openssl", "chmod" })
            File.CreateSymbolicLink(Home(One, "tools/" + tool), new[] { "/bin/" + tool, "/usr/bin/" + tool }.First(File.Exists));
        Directory.CreateDirectory(Home(One, ".ssh"));
        File.WriteAllText(Home(One, ".ssh/environment"), "PATH=" + Home(One, "tools") + "\n");
        Outcome noTar = Run("Copy-PRItem $folder/file file -ToInstance $one");
        Assert.Equal(["CopyFailed"], noTar.ErrorIds);
        AssertLike("*'tar'*", noTar.Errors[0].ToString());
    }

    [SshdFact]
    public void A_gateway_without_a_plain_channel_is_refused_with_the_reason()
    {
        StartSsh();
        Emulator.AddInstance(new Instance { Id = "inst_gateway", SshCommand = "ssh abc-123@ssh.runpod.io" });
        File.WriteAllText(Path.Combine(Folder, "file"), "hello");
        Outcome done = Run("Copy-PRItem $folder/file file -ToInstance inst_gateway");
        Assert.Equal(["FeatureUnavailable"], done.ErrorIds);
        AssertLike("*ssh.runpod.io*", done.Errors[0].ToString());
    }

    [SshdFact]
    public void WhatIf_copies_nothing()
    {
        StartSsh();
        File.WriteAllText(Path.Combine(Folder, "file"), "hello");
        Do("Copy-PRItem $folder/file file -ToInstance $one -WhatIf");
        Assert.False(File.Exists(Home(One, "file")));
    }

    /// <summary>Makes a folder with names and kinds that are easily lost.</summary>
    private string MakeFolder(string name)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
        void Text(string path, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            File.WriteAllText(Path.Combine(folder, path), text);
        }
        Text("a b/new\nline", "1\n");
        Text("ünï😀.txt", "ü\n");
        Text("it's $HOME \"q\" \\ *", "q");
        Text("-dash", "dash");
        Text(s_long + "/" + s_long + "/" + s_long, "deep");
        Text("sub/big", new string('x', 100_000));
        Text("empty", "");
        Directory.CreateDirectory(Path.Combine(folder, "no files"));
        File.CreateSymbolicLink(Path.Combine(folder, "a b/link"), "../ünï😀.txt");
        File.CreateSymbolicLink(Path.Combine(folder, "out"), "/etc/passwd");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(folder, "-dash"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.SetLastWriteTimeUtc(Path.Combine(folder, "empty"), new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        return folder;
    }

    /// <summary>Returns one line for everything in a folder: name, kind, permissions, time and content.</summary>
    private static string[] Describe(string folder)
    {
        var lines = new List<string>();
        void Visit(DirectoryInfo one)
        {
            foreach (FileSystemInfo child in one.EnumerateFileSystemInfos())
            {
                string name = Path.GetRelativePath(folder, child.FullName);
                if (child.LinkTarget is { } target)
                    lines.Add(name + " -> " + target);
                else if (child is DirectoryInfo inner)
                    Visit(inner);
                else
                    lines.Add(FormattableString.Invariant($"{name} {child.UnixFileMode} {new DateTimeOffset(child.LastWriteTimeUtc).ToUnixTimeSeconds()} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(child.FullName)))}"));
                if (child is DirectoryInfo { LinkTarget: null })
                    lines.Add(name + "/");
            }
        }
        Visit(new DirectoryInfo(folder));
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    private string[] Leftovers() => Directory.GetDirectories(Folder, ".pulserun-*");

    /// <summary>Says that it has started, and waits until the test lets it go on. It ends with the emulator.</summary>
    private const string Wait = "touch ~/started; until [ -f ~/go ]; do sleep 0.05; done";

    private void Fake(string name, string script)
    {
        Directory.CreateDirectory(Home(One, "bin"));
        File.WriteAllText(Home(One, "bin/" + name), "#!/bin/sh\n" + script + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Home(One, "bin/" + name), (UnixFileMode)0x1ED);
    }
}
