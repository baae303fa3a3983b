using System.Globalization;
using PulseRun.PowerShell.Cmdlets.Base;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Asks before launches: by ShouldProcess, and with a question once a command would launch many instances, because a pipeline may contain more than its user expects.</summary>
/// <param name="cmdlet">The cmdlet: its prompt and its errors.</param>
internal sealed class LaunchConfirmation(ConnectedCmdlet cmdlet)
{
    /// <summary>The number of instances that one command launches without a question.</summary>
    private const int MostUnasked = 10;

    private bool _mayBeMany;
    private int _confirmed;

    /// <summary>Returns true when the user agrees to launch instances.</summary>
    /// <param name="request">The launch, which is the target of an error when the host cannot ask. Launches that are under way continue then.</param>
    /// <param name="count">The number of launches.</param>
    /// <param name="target">The description of the launch, with its price.</param>
    public bool Confirms(LaunchRequest request, int count, string target)
    {
        string action = count == 1 ? "Launch instance" : "Launch " + count.ToString(CultureInfo.InvariantCulture) + " instances";
        int all = _confirmed + count;
        bool asks = all > MostUnasked && !_mayBeMany;
        try
        {
            if (!(asks ? cmdlet.Prompt.Insists(target, all == count ? action : action + " (" + all.ToString(CultureInfo.InvariantCulture) + " in this command)", force: null)
                : cmdlet.Prompt.Confirms(target, action)))
            {
                return false;
            }
        }
        catch (PulseRunException cannotAsk) when (asks)
        {
            cmdlet.Runner.Report(cannotAsk, request);
            return false;
        }
        _mayBeMany |= asks;
        _confirmed = all;
        return true;
    }
}
