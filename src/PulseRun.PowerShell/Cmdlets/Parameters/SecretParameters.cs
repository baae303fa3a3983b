using System.Security;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Checks secrets that are passed as parameters with <see cref="NotTextAttribute"/>.</summary>
internal static class SecretParameters
{
    /// <summary>Throws when a secret is text or empty.</summary>
    /// <exception cref="PulseRunException">InvalidRequest. The message does not repeat the text.</exception>
    public static void Check(SecureString? secret, string name)
    {
        if (ReferenceEquals(secret, NotTextAttribute.Refused))
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, name + ": the secret must be a SecureString. Text would stay readable in the history and in transcripts, so it was not used, and it is not repeated here.")
            {
                Field = name,
                Advice = "Type it: -" + name + " (Read-Host -AsSecureString). From a variable: -" + name + " (ConvertTo-SecureString $secret -AsPlainText -Force).",
            };
        }
        if (secret is { Length: 0 })
            throw new PulseRunException(ErrorIds.InvalidRequest, name + ": the secret is empty.") { Field = name };
    }
}
