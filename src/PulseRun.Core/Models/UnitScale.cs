namespace PulseRun;

/// <summary>Specifies the scale of the utilization in a server's metrics.</summary>
public enum UnitScale
{
    /// <summary>Values are 0 to 100.</summary>
    Percent,

    /// <summary>Values are 0 to 1; 0.97 means 97 percent. A value above 1 is taken as percent.</summary>
    Fraction,
}
