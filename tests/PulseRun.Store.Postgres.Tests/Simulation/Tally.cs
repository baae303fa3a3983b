#if NET
namespace PulseRun.Store.Postgres.Tests.Simulation;

/// <summary>Counts what happened in simulated worlds.</summary>
internal sealed class Tally
{
    public int Worlds { get; set; }

    public int Acts { get; set; }

    public int Reads { get; set; }

    public int Refused { get; set; }

    public int Disturbed { get; set; }

    public int Died { get; set; }

    public void Add(Tally other)
    {
        Worlds++;
        Acts += other.Acts;
        Reads += other.Reads;
        Refused += other.Refused;
        Disturbed += other.Disturbed;
        Died += other.Died;
    }

    public override string ToString() => $"{Worlds} worlds: {Acts} acts, {Reads} readings, {Refused} acts refused by the store, {Disturbed} disturbances, {Died} hosts died";
}
#endif
