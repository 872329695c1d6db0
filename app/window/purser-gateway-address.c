/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-gateway-settings.h"

#include <glib/gi18n-lib.h>
#include "purser-provider-file-row.h"
#include "purser-provider-form.h"

typedef struct
{
  PurserSession *session;                         /* (owned) */
  GtkWidget     *address, *certificate, *private_key; /* (unowned): the form's rows */
} AddressForm;

static void
address_form_free (gpointer  data,
                   GClosure *closure)
{
  g_object_unref (((AddressForm *) data)->session);
  g_free (data);
}

static gboolean
is_loopback (const char *address)
{
  g_autoptr (GInetAddress) parsed = g_inet_address_new_from_string (address);

  return parsed != NULL && g_inet_address_get_is_loopback (parsed);
}

static void
submit_cb (PurserProviderForm *form,
           AddressForm        *data)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (data->session);
  PurserGateway gateway = org->gateway;
  g_autofree char *address = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (data->address))));
  g_autoptr (GInetAddress) parsed = g_inet_address_new_from_string (address);

  if (parsed == NULL)
    {
      purser_provider_form_set_problem (form, data->address, _("Enter an address in numbers, such as 127.0.0.1 for this computer alone, or 0.0.0.0 for all its networks."));
      return;
    }
  gateway.address = address;
  gateway.certificate = (char *) purser_provider_file_row_get_path (PURSER_PROVIDER_FILE_ROW (data->certificate));
  gateway.private_key = (char *) purser_provider_file_row_get_path (PURSER_PROVIDER_FILE_ROW (data->private_key));
  if (!is_loopback (address) && (gateway.certificate == NULL || gateway.private_key == NULL))
    {
      purser_provider_form_set_problem (form, gateway.certificate == NULL ? data->certificate : data->private_key,
                                        _("Other computers may only be served over a secure connection: choose a certificate and its private key."));
      return;
    }
  purser_provider_form_run (form, purser_command_set_gateway (&gateway), _("Address changed"), purser_command_set_gateway (&org->gateway));
}

static GtkWidget *
add_file (PurserProviderForm *form,
          const char         *title,
          const char         *clear,
          const char         *path)
{
  GtkWidget *row = g_object_new (PURSER_TYPE_PROVIDER_FILE_ROW, NULL);

  purser_provider_file_row_set_words (PURSER_PROVIDER_FILE_ROW (row), title, _("None"), clear);
  purser_provider_file_row_set_path (PURSER_PROVIDER_FILE_ROW (row), path);
  return purser_provider_form_add_widget (form, row);
}

void
purser_gateway_address_present (GtkWidget     *origin,
                                PurserSession *session)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);
  PurserProviderForm *form = purser_provider_form_new (session, _("Who can reach it"),
                                                       _("At 127.0.0.1 only programs on this computer can. At another address other computers can too: then a certificate is needed, and programs that send no key are refused."),
                                                       _("_Save"));
  AddressForm *data = g_new0 (AddressForm, 1);

  data->session = g_object_ref (session);
  data->address = purser_provider_form_add_entry (form, _("Address"), org->gateway.address);
  data->certificate = add_file (form, _("Certificate (PEM)"), _("Take the certificate away"), org->gateway.certificate);
  data->private_key = add_file (form, _("Private key (PEM)"), _("Take the private key away"), org->gateway.private_key);
  g_signal_connect_data (form, "submit", G_CALLBACK (submit_cb), data, address_form_free, G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (form), origin);
}
