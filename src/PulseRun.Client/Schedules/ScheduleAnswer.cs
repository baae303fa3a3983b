namespace PulseRun.Client.Schedules;

/// <summary>Represents the outcome of a request for a schedule according to its answer.</summary>
/// <param name="Schedule">The created schedule; null when the answer does not name one.</param>
/// <param name="Error">The error; null with a schedule.</param>
/// <param name="IsAnswered">True when the server itself ended the request, so that it no longer works on it.</param>
/// <param name="MayExist">True when the schedule may have been created.</param>
internal sealed record ScheduleAnswer(PulseRun.Schedule? Schedule, PulseRunException? Error, bool IsAnswered, bool MayExist);
