using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>Messages without data of the user, as text.</summary>
internal static class ChannelExtensions
{
    extension(IChannel channel)
    {
        /// <summary>Says what may be of interest.</summary>
        internal void Say(string message) => channel.Info(MessageSensitivity.None, "{0}", message);

        /// <summary>Says what must not be missed.</summary>
        internal void Warn(string message) => channel.Warning(MessageSensitivity.None, "{0}", message);
    }

    extension(IHost host)
    {
        /// <summary>Warns in a channel of its own, if there is something to warn of.</summary>
        internal void WarnOf(string? problem)
        {
            if (problem is not null)
            {
                using var channel = host.Start("Creation");
                channel.Warn(problem);
            }
        }
    }
}
