namespace PulseRun;

/// <summary>Specifies where a reading comes from.</summary>
public enum MetricsSource
{
    /// <summary>The metrics of the API.</summary>
    Api,

    /// <summary>nvidia-smi on the instance, by ssh.</summary>
    Ssh,
}
