using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace PulseRun.Bench.Server;

/// <summary>Contains the answers, with about 400 bytes for each instance as in the API's example. Each list is rendered once.</summary>
internal static class Bodies
{
    private static readonly ConcurrentDictionary<int, byte[]> s_lists = new();
    private static readonly string[] s_gpus = ["a100_80gb", "h100_80gb", "rtx_4090", "l40s"];
    private static readonly string[] s_gpuNames = ["NVIDIA A100 80GB", "NVIDIA H100 80GB", "NVIDIA RTX 4090", "NVIDIA L40S"];
    private static readonly string[] s_providers = ["vast_ai", "runpod", "lambda"];
    private static readonly string[] s_regions = ["us-east", "us-west", "eu-central", "asia-southeast"];

    /// <summary>Returns a list with the given number of instances; every other one is running.</summary>
    public static byte[] List(int count) => s_lists.GetOrAdd(count, Render);

    /// <summary>Returns one instance, as in the answer to a stop.</summary>
    public static byte[] Instance(string id, string status)
    {
        var text = new StringBuilder();
        Append(text, id, status, number: 0);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] Render(int count)
    {
        var text = new StringBuilder("{\"data\":[");
        for (int number = 0; number < count; number++)
        {
            if (number > 0)
                text.Append(',');
            Append(text, "inst_" + number.ToString("x8", CultureInfo.InvariantCulture), number % 2 == 0 ? "running" : "stopped", number);
        }
        return Encoding.UTF8.GetBytes(text.Append("]}").ToString());
    }

    private static void Append(StringBuilder text, string id, string status, int number)
    {
        string ip = string.Create(CultureInfo.InvariantCulture, $"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}");
        text.Append(CultureInfo.InvariantCulture, $$"""
            {"id":"{{id}}","status":"{{status}}","gpu":"{{s_gpus[number % 4]}}","gpu_name":"{{s_gpuNames[number % 4]}}","provider":"{{s_providers[number % 3]}}","region":"{{s_regions[number % 4]}}","ip":"{{ip}}","ssh_command":"ssh root@{{ip}} -p {{20000 + number % 10000}}","jupyter_url":"https://{{ip.Replace('.', '-')}}.proxy.example/lab","cost_per_hour":{{0.35m + number % 300 / 100m}},"template":"pytorch","spot":{{(number % 5 == 0 ? "true" : "false")}},"started_at":"2026-03-01T12:{{number % 60:00}}:00Z","created_at":"2026-03-01T11:{{number % 60:00}}:30Z"}
            """);
    }
}
