namespace PulseRun.Core.Completion;

/// <summary>A field of instances whose values are offered as arguments.</summary>
internal enum CompletionField
{
    Status,
    Gpu,
    Provider,
    Region,
    Template,
}
