namespace PulseRun.Core.Launch;

/// <summary>Represents what the budgets say to a launch.</summary>
/// <param name="Warning">The text about the first budget without room that only warns; null without one.</param>
/// <param name="Refusal">The error of the first budget without room that refuses; null without one.</param>
internal sealed record BudgetAnswer(string? Warning, PulseRunException? Refusal);
