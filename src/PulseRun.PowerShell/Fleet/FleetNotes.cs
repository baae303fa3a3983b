using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Notes;
using PulseRun.PowerShell.Running;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Reads the notes of a connection while a list is under way, and shows them as properties of the listed instances.</summary>
internal sealed class FleetNotes
{
    private static readonly IReadOnlyDictionary<string, InstanceNote> s_none = new Dictionary<string, InstanceNote>();

    private readonly CmdletRunner _runner;
    private readonly Context _context;
    private readonly bool _isRequired;
    private readonly Task<IReadOnlyDictionary<string, InstanceNote>> _reading;
    private readonly ListedIds _listed;
    private string? _view;
    private int _warned;

    private FleetNotes(CmdletRunner runner, Context context, bool isRequired)
    {
        _runner = runner;
        _context = context;
        _isRequired = isRequired;
        _listed = new ListedIds(context);
        // The account is read here because that may run a key command, which needs the pipeline thread.
        string service = context.Service;
        _reading = Task.Run(() => Stores.Current.Notes.Living(service));
    }

    /// <summary>Begins to read. Returns null on a machine that has no notes: then SQLite is not loaded.</summary>
    /// <param name="runner">The runner of the cmdlet, for a warning.</param>
    /// <param name="context">The connection.</param>
    /// <param name="isRequired">True when the cmdlet selects by notes. Then a store that cannot be read is an error.</param>
    public static FleetNotes? Begin(CmdletRunner runner, Context context, bool isRequired = false) => Stores.HasNotes ? new FleetNotes(runner, context, isRequired) : null;

    /// <summary>Shows the notes of listed instances, and selects the table that has columns for them. Waits until the notes are read.</summary>
    /// <exception cref="PulseRunException">JournalUnavailable: the notes are required and cannot be read.</exception>
    public void ApplyTo(IReadOnlyList<Instance> rows)
    {
        _listed.Take(rows);
        IReadOnlyDictionary<string, InstanceNote> notes = Read();
        if (notes.Count == 0)
            return;
        _view ??= NotedView.Of(notes.Values.Where(note => note.Account is null || note.Account == _context.Account));
        foreach (Instance row in rows)
        {
            if (notes.TryGetValue(row.Id, out InstanceNote? note))
                note.ApplyTo(row);
            NotedView.Select(row, _view);
        }
    }

    /// <summary>Records that the list has come to its end and was not filtered by the server.</summary>
    public void Complete()
    {
        try
        {
            _listed.Record(Stores.Current);
        }
        catch (StoreUnavailableException error)
        {
            Warn(error);
        }
    }

    private IReadOnlyDictionary<string, InstanceNote> Read()
    {
        try
        {
#pragma warning disable VSTHRD002 // The rows must wait for the notes, and the reading never needs this thread.
            return _reading.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        }
        catch (StoreUnavailableException error)
        {
            if (_isRequired)
                throw new PulseRunException(ErrorIds.JournalUnavailable, "The instances cannot be selected by their notes. " + error.Message);
            Warn(error);
            return s_none;
        }
    }

    private void Warn(StoreUnavailableException error)
    {
        if (Interlocked.Exchange(ref _warned, 1) == 0)
            _runner.Observer.Warning("Names, tags and lifetimes are not shown, because the notes cannot be read. " + error.Message);
    }
}
