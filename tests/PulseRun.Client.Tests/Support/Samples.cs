namespace PulseRun.Client.Tests.Support;

internal static class Samples
{
    /// <summary>The complete example instance of docs/dev/api.md.</summary>
    public static string Instance(string id = "inst_1", string status = "running") =>
        "{\"id\":\"" + id + "\",\"status\":\"" + status + "\",\"gpu\":\"a100_80gb\",\"gpu_name\":\"NVIDIA A100 80GB\",\"provider\":\"vast_ai\",\"region\":\"us-east\","
        + "\"ip\":\"203.0.113.7\",\"ssh_command\":\"ssh root@203.0.113.7 -p 22\",\"jupyter_url\":\"https://nb.test/lab?token=JUPYTERTOKEN1\",\"cost_per_hour\":0.95,"
        + "\"template\":\"pytorch\",\"spot\":false,\"started_at\":null,\"created_at\":\"2026-03-01T12:00:00Z\"}";
}
