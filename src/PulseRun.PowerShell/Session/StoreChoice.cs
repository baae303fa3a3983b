using System;
using PulseRun.Core.Store;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Session;

/// <summary>Represents the choice of a store. Two choices with equal texts are one store.</summary>
/// <param name="Text">The text that chooses the store of a team; null for the file of this machine.</param>
/// <param name="KeyCommand">The script that returns the password; null for PGPASSFILE, ~/.pgpass and service files.</param>
internal sealed record StoreChoice(string? Text, string? KeyCommand)
{
    /// <summary>Gets the choice; null for the file of this machine.</summary>
    public StoreChoice? OrNull => Text is null ? null : this;

    /// <summary>Gets the function that returns the password; null when no script does.</summary>
    public Func<string>? Password => KeyCommand is not { } script ? null : () =>
    {
        try
        {
            using System.Security.SecureString password = KeyCommands.Source(script)();
            return SecretText.Use(password, static plain => new string(plain));
        }
        catch (PulseRunException error)
        {
            throw new StoreUnavailableException(StoreFailure.Misconfigured, "The password of the store is missing. " + error.Message.Replace("-KeyCommand", "-StoreKeyCommand")) { Advice = "Correct the script of -StoreKeyCommand." };
        }
    };

    /// <summary>Returns the choice of a connection: its own, else PULSERUN_STORE, else the file of this machine.</summary>
    /// <param name="settings">The settings of the connection; null without one.</param>
    public static StoreChoice Of(ContextSettings? settings)
    {
        if (settings?.Store is { } text)
            return new StoreChoice(text, settings.StoreKeyCommand);
        string? variable = Environment.GetEnvironmentVariable(Stores.StoreVariable)?.Trim();
        return new StoreChoice(string.IsNullOrEmpty(variable) ? null : variable, settings?.StoreKeyCommand);
    }

    /// <summary>Checks a text that a user gave.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: it names no store. The message repeats nothing of it.</exception>
    public static string Checked(string text)
    {
        if (StoreText.Objection(text) is { } objection)
            throw new PulseRunException(ErrorIds.InvalidRequest, "Store: " + objection + " Nothing was done.") { Field = "Store" };
        return text;
    }

    /// <summary>Checks a text that is to be saved.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: it contains a password.</exception>
    public static string Saveable(string text) => !StoreText.HasPassword(Checked(text)) ? text
        : throw new PulseRunException(ErrorIds.InvalidRequest, "Store: the text contains a password, which is not saved. Nothing was done, and the password is not repeated here.")
        {
            Field = "Store",
            Advice = "Leave the password out. It comes from PGPASSFILE or ~/.pgpass, from a service file (Service=NAME), or from -StoreKeyCommand { Get-Secret pulserun-store }.",
        };
}
