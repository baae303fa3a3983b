using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Errors;

/// <summary>A server that repeats the key of the user wherever it can write a text. The key must be in nothing that the module writes: no stream, no object, no error, no file.</summary>
public class CanaryTests : HostileTests
{
    private string Echo => "seen: Authorization: Bearer " + Server.ApiKey + ", https://user:" + Server.ApiKey + "@x.invalid/?token=" + Server.ApiKey + "#" + Server.ApiKey;

    [Fact]
    public void The_key_is_in_no_stream_object_error_or_file()
    {
        Server.Add("inst_a", one => one.Load(0, ",\"note\":\"" + Echo + "\",\"" + Server.ApiKey + "\":\"" + Server.ApiKey + "\",\"nested\":{\"token\":[\"" + Echo + "\"]}"));
        Server.Add("inst_b", one => one.Load(97));
        Server.Add("inst_c", one => one.Load(0));
        ReadEachMinute(35);
        Server.Intercept = Answer;
        string audit = Path.Combine(DataFolder, "audit.jsonl"), report = Path.Combine(DataFolder, "report.html"), log = Path.Combine(DataFolder, "transcript.txt");
        Server.Advance(TimeSpan.FromMinutes(1));
        Outcome done = Shell.Run("""
            $VerbosePreference = $DebugPreference = 'Continue'
            $Error.Clear()
            $null = Start-Transcript 'LOG'
            & {
            Get-PRContext
            Get-PRInstance
            Get-PRInstance inst_a, inst_nosuch
            Get-PRInstanceMetrics inst_a, inst_b
            Invoke-PRCleanup -IdleFor 00:30:00 -Jitter 0 -MaxUnknownPercent 100 -Confirm:$false -AuditLevel All -AuditPath 'AUDIT'
            Get-PRIdleInstance -All
            New-PRInstance h100_80gb pytorch -SettleSec 0 -Confirm:$false
            Resolve-PRLaunch
            Stop-PRInstance inst_b -Confirm:$false
            Remove-PRInstance inst_b -Force
            Protect-PRInstance inst_c -Reason 'a run'
            Get-PRInstanceMetrics -History
            Get-PRBalance
            Get-PRTransaction
            Export-PRReport -Path 'REPORT'
            Invoke-PRCommand inst_a -Command hostname -Confirm:$false
            Open-PRJupyter inst_a
            } *>&1 | ForEach-Object { $_; $_ | Out-String -Width 4000 | Out-Default }
            $null = Stop-Transcript
            """.Replace("AUDIT", audit, StringComparison.Ordinal).Replace("REPORT", report, StringComparison.Ordinal).Replace("LOG", log, StringComparison.Ordinal));
        Assert.True(done.All.Count > 60, done.All.Count + " objects");
        Shell.Set("all", done.All.Where(static one => one is not null).ToArray());
        string[] texts = Shell.Run("""
            $VerbosePreference = $DebugPreference = 'SilentlyContinue'
            foreach ($one in @($all) + @($Error)) {
                "$one"
                $one | Out-String -Width 4000
                $one | Format-List * -Force | Out-String -Width 4000
                [System.Management.Automation.PSSerializer]::Serialize($one, 3)
                for ($exception = $one.Exception; $exception; $exception = $exception.InnerException) { $exception.ToString(); $exception | Format-List * -Force | Out-String -Width 4000 }
            }
            """).Output.OfType<string>().ToArray();
        Assert.True(texts.Length > 200, texts.Length + " texts");
        Assert.DoesNotContain(texts, text => text.Contains(Server.ApiKey, StringComparison.Ordinal));
        // The outputs contain what was tried, so the search had something to find: the acts of the cleanup, the launch, the errors.
        Assert.Contains(done.ErrorIds, id => id == "InvalidRequest");
        Assert.Contains(done.ErrorIds, id => id is "ServerError" or "LaunchOutcomeUnknown");
        string[] files = Directory.GetFiles(DataFolder, "*", SearchOption.AllDirectories);
        foreach (string name in new[] { "pulserun.db", "audit.jsonl", "report.html", "transcript.txt" })
            Assert.Contains(files, file => Path.GetFileName(file) == name && new FileInfo(file).Length > 500);
        foreach (string file in files)
            Assert.False(Encoding.Latin1.GetString(ReadAll(file)).Contains(Server.ApiKey, StringComparison.Ordinal), file);
    }

    private HostileServer.Answer? Answer(string request)
    {
        string json = Server.Of("inst_a").Json;
        foreach (string name in new[] { "gpu_name", "region", "provider", "template", "ip", "ssh_command", "jupyter_url" })
            json = System.Text.RegularExpressions.Regex.Replace(json, "\"" + name + "\":(null|\"[^\"]*\")", "\"" + name + "\":\"" + Echo + "\"");
        json = json[..^1] + ",\"note\":\"" + Echo + "\",\"" + Server.ApiKey + "\":1}";
        string error = "{\"detail\":\"" + Echo + "\"}";
        string headers = "X-Request-Id: " + Server.ApiKey + "\r\nX-Echo: Bearer " + Server.ApiKey + "\r\n";
        return request switch
        {
            "GET /v1/instances" => new("[" + json + "," + Server.Of("inst_b").Json + "," + Server.Of("inst_c").Json + "]", Headers: headers),
            "GET /v1/instances/inst_a" => new(json, Headers: headers),
            "POST /v1/instances" => new("<html>" + Echo + "</html>", 502, headers),
            "POST /v1/instances/inst_b/stop" => new("{\"detail\":[{\"loc\":[\"" + Server.ApiKey + "\"],\"msg\":\"" + Echo + "\"}]}", 422, headers),
            _ when request.StartsWith("POST ", StringComparison.Ordinal) || request.StartsWith("DELETE ", StringComparison.Ordinal) => new(error, 400, headers),
            _ when request.Contains("billing", StringComparison.Ordinal) => new(error, 403, headers),
            _ when request.Contains("nosuch", StringComparison.Ordinal) => new(error, 404, headers),
            _ => null,
        };
    }

    private static byte[] ReadAll(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new List<byte>();
        byte[] buffer = new byte[65536];
        for (int count = stream.Read(buffer); count > 0; count = stream.Read(buffer))
            bytes.AddRange(buffer[..count]);
        return [.. bytes];
    }
}
