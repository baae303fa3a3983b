using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using PulseRun.Core.Cleanup;
using Xunit;

namespace PulseRun.Store.Tests.Cleanup;

public sealed class AuditTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string AuditPath => Path.Combine(_folder.Root, "logs", "audit.jsonl");

    public void Dispose() => _folder.Dispose();

    /// <summary>Returns a line with a given id.</summary>
    internal static CleanupAuditLine Line(string id, string? error = null) => new()
    {
        Time = TempFolder.Noon,
        Run = Guid.Empty,
        Phase = "result",
        Id = id,
        Action = "Stopped",
        Reason = "Idle",
        CostPerHour = 1.25m,
        Coverage = 1,
        Error = error,
    };

    [Fact]
    public void Append_WritesOneObjectALine_AndLeavesOutWhatIsUnknown()
    {
        IAuditLog audit = StoreFactory.Audit(AuditPath);
        audit.Append([Line("a", "two\nlines, \"quoted\", and ü")]);
        audit.Append([Line("b"), Line("c")]);

        string[] lines = File.ReadAllLines(AuditPath);

        Assert.Equal(["a", "b", "c"], lines.Select(Id));
        using JsonDocument first = JsonDocument.Parse(lines[0]);
        Assert.Equal("two\nlines, \"quoted\", and ü", first.RootElement.GetProperty("error").GetString());
        Assert.Equal(1.25m, first.RootElement.GetProperty("costPerHour").GetDecimal());
        Assert.False(first.RootElement.TryGetProperty("peakGpu", out _));
    }

    [Fact]
    public void Append_Nothing_MakesTheFileAndShowsThatItCanBeWritten()
    {
        StoreFactory.Audit(AuditPath).Append([]);

        Assert.Empty(File.ReadAllText(AuditPath));
    }

    [Fact]
    public void Append_AfterALineThatWasCut_LosesThatLineOnly()
    {
        IAuditLog audit = StoreFactory.Audit(AuditPath);
        audit.Append([Line("a")]);
        File.AppendAllText(AuditPath, "{\"time\":\"2026-");

        audit.Append([Line("b")]);

        string[] lines = File.ReadAllLines(AuditPath);
        Assert.Equal(3, lines.Length);
        Assert.Equal(("a", "b"), (Id(lines[0]), Id(lines[2])));
    }

    [Fact]
    public void Append_ByManyThreads_LosesNoLine()
    {
        Parallel.For(0, 8, thread =>
        {
            IAuditLog audit = StoreFactory.Audit(AuditPath);
            for (int i = 0; i < 20; i++)
                audit.Append([Line("t" + thread + "-" + i), Line("u" + thread + "-" + i)]);
        });

        Assert.Equal(320, File.ReadAllLines(AuditPath).Select(Id).Distinct().Count());
    }

    [Fact]
    public void Append_WhereNothingCanBeWritten_SaysSo()
    {
        Assert.Throws<StoreUnavailableException>(() => StoreFactory.Audit(_folder.Root).Append([]));
        File.WriteAllText(Path.Combine(_folder.Root, "file"), "");
        Assert.Throws<StoreUnavailableException>(() => StoreFactory.Audit(Path.Combine(_folder.Root, "file", "audit.jsonl")).Append([]));
    }

#if NET
    /// <summary>Tests a file that cannot grow, as on a full disk: a child process has a file size limit.</summary>
    [UnixFact]
    public void Append_WhereTheDiskIsFull_LeavesNoPartOfALine()
    {
        StoreFactory.Audit(AuditPath).Append([Line("a")]);
        string before = File.ReadAllText(AuditPath);
        var start = new System.Diagnostics.ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true };
        // The limit is one block of 512 bytes, which has room for a few lines. The signal is ignored, because it would end the child without an error.
        string command = "trap '' XFSZ; ulimit -f 1; exec '" + Environment.ProcessPath + "' exec '" + typeof(AuditTests).Assembly.Location + "' fill '" + AuditPath + "'";
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command);
        // The runtime maps compiled code to files, to which the limit would also apply.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using var child = System.Diagnostics.Process.Start(start)!;
        if (!child.WaitForExit(60_000))
            child.Kill();
        string[] written = child.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("full", written[^1]);
        Assert.Equal(["a", .. written[..^1]], File.ReadAllLines(AuditPath).Select(Id));
        Assert.StartsWith(before, File.ReadAllText(AuditPath), StringComparison.Ordinal);
    }

    [UnixFact]
    public void Append_MakesAFileForItsOwnerOnly()
    {
        StoreFactory.Audit(AuditPath).Append([Line("a")]);

        Assert.Equal("600", Modes.Of(AuditPath));
    }
#endif

    private static string Id(string line)
    {
        using JsonDocument json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("id").GetString()!;
    }
}
