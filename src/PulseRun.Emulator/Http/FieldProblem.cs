namespace PulseRun.Emulation.Http;

/// <param name="Field">The field of the body or the query; null for the body itself.</param>
/// <param name="Message">For people.</param>
/// <param name="Type">For programs, as FastAPI names it.</param>
internal sealed record FieldProblem(string? Field, string Message, string Type);
