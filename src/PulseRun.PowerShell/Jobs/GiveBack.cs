using System;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Notes;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Jobs;

/// <summary>Gives the instance of a job back, and reads from the server what became of it. Nothing is assumed.</summary>
internal static class GiveBack
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>Limits the reads of an instance that is being terminated.</summary>
    private const int MaxReads = 60;

    /// <summary>Removes or stops an instance as the job says. Returns whether it does not exist any more: null when the server could not say.</summary>
    public static async Task<bool?> RunAsync(Context context, string id, JobEnd end, ICallObserver observer, CancellationToken cancel)
    {
        IPulseRunClient client = Connection.Of(context).Client;
        if (end == JobEnd.Keep)
            return await IsGoneAsync(client, id, isRemoved: false, observer, cancel).ConfigureAwait(false);
        if (IsProtected(context, id))
        {
            observer.Warning("'" + id + "' is protected, so it was not " + (end == JobEnd.Stop ? "stopped" : "removed") + ". It is still billed.");
            return await IsGoneAsync(client, id, isRemoved: false, observer, cancel).ConfigureAwait(false);
        }
        string? problem = null;
        try
        {
            if (end == JobEnd.Stop)
                await client.StopAsync(id, null, observer, cancel).ConfigureAwait(false);
            else
                await client.RemoveAsync(id, null, observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error)
        {
            problem = error.Message;
        }
        bool? isGone = await IsGoneAsync(client, id, end == JobEnd.Remove && problem is null, observer, cancel).ConfigureAwait(false);
        if (isGone == true && end == JobEnd.Remove)
            MarkRemoved(context, id);
        else if (problem is not null && isGone != true)
            observer.Warning("'" + id + "' was not " + (end == JobEnd.Stop ? "stopped" : "removed") + ", and may still be billed. " + problem);
        else if (end == JobEnd.Remove && isGone != true)
            observer.Warning("'" + id + "' was removed, and the server does not confirm it yet. Check with Get-PRInstance -Id " + id + ".");
        return isGone;
    }

    /// <summary>Records that an instance is gone, so that its name is free.</summary>
    public static void MarkRemoved(Context context, string id)
    {
        try
        {
            Stores.Current.Notes.MarkRemoved(NoteScope.Of(context), id, context.UtcNow);
        }
        catch (StoreUnavailableException)
        {
            // The next list shows that the instance is gone.
        }
    }

    /// <summary>Reads whether an instance exists.</summary>
    private static async Task<bool?> IsGoneAsync(IPulseRunClient client, string id, bool isRemoved, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            for (int read = 1; ; read++)
            {
                Instance now = await client.GetAsync(id, observer, cancel).ConfigureAwait(false);
                if (InstanceStatus.Is(now.Status, InstanceStatus.Terminated))
                    return true;
                if (!isRemoved || read == MaxReads)
                    return isRemoved ? null : false;
                await Task.Delay(s_pause, cancel).ConfigureAwait(false);
            }
        }
        catch (PulseRunException error)
        {
            return error.ErrorId == ErrorIds.InstanceNotFound ? true : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static bool IsProtected(Context context, string id)
    {
        try
        {
            return Stores.Exists && Stores.Current.Notes.Protections(context.UtcNow).ContainsKey(id);
        }
        catch (StoreUnavailableException)
        {
            // The job belongs to this user and wrote to the store a moment ago. Its end is what was asked for.
            return false;
        }
    }
}
