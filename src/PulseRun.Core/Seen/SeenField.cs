namespace PulseRun.Seen;

/// <summary>What an instance says of itself that is worth offering again.</summary>
internal enum SeenField
{
    Status,
    Gpu,
    Provider,
    Region,
    Template,
}
