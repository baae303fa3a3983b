namespace PulseRun.Core.Notes;

/// <summary>Identifies whose notes are meant. Notes belong to the service, so that a rotated key loses none. The account only tells whose list an instance is expected in, and within which a name is unique.</summary>
/// <param name="Service">The address of the service (<see cref="Context.Service"/>).</param>
/// <param name="Account">The account of the connection (<see cref="Context.Account"/>).</param>
internal sealed record NoteScope(string Service, string Account)
{
    /// <summary>Returns the scope of a connection.</summary>
    public static NoteScope Of(Context context) => new(context.Service, context.Account);
}
