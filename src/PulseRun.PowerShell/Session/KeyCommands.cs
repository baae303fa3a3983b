using System;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Security;
using System.Threading.Tasks;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Session;

/// <summary>Runs the script of -KeyCommand, which returns the key. The script runs in a separate runspace without an interactive host, for at most 10 seconds.</summary>
internal static class KeyCommands
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    /// <summary>Returns a function that runs the script when the key is needed.</summary>
    public static Func<SecureString> Source(string script) => () => Run(script);

    private static SecureString Run(string script)
    {
        Runspace runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        System.Management.Automation.PowerShell shell = System.Management.Automation.PowerShell.Create();
        bool isStuck = false;
        try
        {
            runspace.Open();
            shell.Runspace = runspace;
            shell.AddScript(script);
            var output = new PSDataCollection<PSObject>();
            IAsyncResult running = shell.BeginInvoke<PSObject, PSObject>(null, output);
            if (!running.AsyncWaitHandle.WaitOne(s_limit))
            {
                isStuck = true;
                throw Refuse("did not end within 10 s. It runs without a prompt, so unlock the vault before");
            }
            shell.EndInvoke(running);
            return Key(output);
        }
        catch (RuntimeException error)
        {
            // Neither its message nor its id is shown: the message of a vault may quote a secret, and the id of throw 'text' is the text.
            throw Refuse("failed (" + (error.ErrorRecord.Exception ?? error).GetType().Name + "). Run it in a new session to see why; it cannot use the variables and functions of your session, and it cannot prompt");
        }
        finally
        {
            if (isStuck)
                Abandon(shell, runspace);
            else
                Close(shell, runspace);
        }
    }

    private static SecureString Key(PSDataCollection<PSObject> output)
    {
        if (output.Count != 1)
            throw Refuse("returned " + output.Count + " objects; it must return one string or one SecureString");
        foreach (PSObject one in output)
        {
            SecureString? key = one?.BaseObject switch
            {
                SecureString secret => secret.Copy(),
                string text => SecretText.Of(text.Trim()),
                _ => throw Refuse("returned neither a string nor a SecureString"),
            };
            if (KeyForm.IsSendable(key))
            {
                key.MakeReadOnly();
                return key;
            }
            key.Dispose();
        }
        throw Refuse("returned a key that is empty or contains characters that no key has, such as spaces");
    }

    /// <summary>Stops the script on another thread, because stopping waits for the script, which may never end.</summary>
    private static void Abandon(System.Management.Automation.PowerShell shell, Runspace runspace) => _ = Task.Run(() =>
    {
        shell.Stop();
        Close(shell, runspace);
    });

    private static void Close(System.Management.Automation.PowerShell shell, Runspace runspace)
    {
        shell.Dispose();
        runspace.Dispose();
    }

    private static PulseRunException Refuse(string what) =>
        new(ErrorIds.NotConnected, "The script of -KeyCommand " + what + ". Nothing was sent.") { Field = "KeyCommand" };
}
