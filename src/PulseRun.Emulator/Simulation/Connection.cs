using System.Globalization;

namespace PulseRun.Emulator.Simulation;

/// <summary>Contains the addresses of an instance. They are from the ranges reserved for documentation, so nothing answers there.</summary>
internal sealed record Connection(string Ip, string SshCommand, string JupyterUrl)
{
    public static Connection Make(int seed, string id)
    {
        string ip = "203.0.113." + Number(1 + (DeterministicRandom.Hash(seed, id, 1) % 254));
        string port = Number(41000 + (DeterministicRandom.Hash(seed, id, 2) % 1000));
        string token = DeterministicRandom.Base36(32, seed, id, 3);
        return new Connection(
            ip,
            "ssh -p " + port + " root@" + ip,
            "https://" + id.Replace('_', '-') + ".jupyter.pulserun.invalid/?token=" + token);
    }

    private static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
